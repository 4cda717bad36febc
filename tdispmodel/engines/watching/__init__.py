"""Liveness by safety: a watcher follows a behaviour and tells when it went round a fair loop (docs/watcher.md)."""
