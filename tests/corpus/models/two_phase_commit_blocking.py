"""Two-phase commit whose transaction manager may fail, that is, never decide.

Gray and Lamport, Consensus on Transaction Commit (2006), section 3: two-phase commit is blocking, a failed transaction
manager leaves participants that are prepared waiting for ever.
"""

from two_phase_commit import Decision, Manager, ResourceManager, Transaction

from tdispmodel.dsl import Actor, action, invariant, leads_to, replaces, require


class Blocking(Transaction):
    """The same protocol; what the transaction manager decides it need not decide."""

    @replaces(Transaction.commit)
    @action(by=Actor.USERSPACE, fair=False)
    def commit(self) -> None:
        """All are prepared: the transaction manager commits, if it has not failed."""
        require(self.decision is Decision.NONE)
        require(all(manager.heard for manager in self.managers))
        self.decision = Decision.COMMIT

    @replaces(Transaction.abort)
    @action(by=Actor.USERSPACE, fair=False)
    def abort(self) -> None:
        """The transaction manager aborts, if it has not failed."""
        require(self.decision is Decision.NONE)
        self.decision = Decision.ABORT


@invariant
def consistency(now: Blocking) -> bool:
    """No participant commits while another aborts, whether or not the transaction manager fails."""
    committed = any(manager.state is Manager.COMMITTED for manager in now.managers)
    aborted = any(manager.state is Manager.ABORTED for manager in now.managers)
    return not (committed and aborted)


@leads_to(after=lambda now: now.state is Manager.PREPARED)
def prepared_participant_decides(now: ResourceManager) -> bool:
    """A participant that is prepared hears a decision (violated: the transaction manager has failed)."""
    return now.state in (Manager.COMMITTED, Manager.ABORTED)
