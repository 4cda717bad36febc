"""Two-phase commit (Gray and Lamport, Consensus on Transaction Commit, 2006; TwoPhase.tla): messages are never lost."""

from enum import Enum, auto

from tdispmodel.dsl import (
    Actor,
    Component,
    Each,
    action,
    invariant,
    leads_to,
    must_be_possible,
    require,
    stays_possible,
)


class Manager(Enum):
    """What a resource manager has decided."""

    WORKING = auto()
    PREPARED = auto()
    COMMITTED = auto()
    ABORTED = auto()


class Decision(Enum):
    """What the transaction manager has decided; its message is in the network from then on."""

    NONE = auto()
    COMMIT = auto()
    ABORT = auto()


class ResourceManager(Component):
    """One participant; `sent` is its prepared message, `heard` that the transaction manager received it."""

    state: Manager = Manager.WORKING
    sent: bool = False
    heard: bool = False

    @action(by=Actor.KERNEL)
    def prepare(self) -> None:
        """The resource manager prepares and says so."""
        require(self.state is Manager.WORKING)
        self.state = Manager.PREPARED
        self.sent = True

    @action(by=Actor.KERNEL)
    def choose_to_abort(self) -> None:
        """The resource manager aborts of its own accord."""
        require(self.state is Manager.WORKING)
        self.state = Manager.ABORTED


class Transaction(Component):
    """The transaction manager, with its participants."""

    managers: Each[ResourceManager]
    decision: Decision = Decision.NONE

    @action(by=Actor.USERSPACE)
    def receive_prepared(self, manager: ResourceManager) -> None:
        """The transaction manager receives a prepared message, perhaps once more."""
        require(self.decision is Decision.NONE and manager.sent)
        manager.heard = True

    @action(by=Actor.USERSPACE)
    def commit(self) -> None:
        """All are prepared: the transaction manager commits."""
        require(self.decision is Decision.NONE)
        require(all(manager.heard for manager in self.managers))
        self.decision = Decision.COMMIT

    @action(by=Actor.USERSPACE)
    def abort(self) -> None:
        """The transaction manager aborts."""
        require(self.decision is Decision.NONE)
        self.decision = Decision.ABORT

    @action(by=Actor.KERNEL)
    def receive_commit(self, manager: ResourceManager) -> None:
        """A resource manager receives the commit message, perhaps once more."""
        require(self.decision is Decision.COMMIT)
        manager.state = Manager.COMMITTED

    @action(by=Actor.KERNEL)
    def receive_abort(self, manager: ResourceManager) -> None:
        """A resource manager receives the abort message, perhaps once more."""
        require(self.decision is Decision.ABORT)
        manager.state = Manager.ABORTED


@invariant
def consistency(now: Transaction) -> bool:
    """No participant commits while another aborts."""
    committed = any(manager.state is Manager.COMMITTED for manager in now.managers)
    aborted = any(manager.state is Manager.ABORTED for manager in now.managers)
    return not (committed and aborted)


@invariant
def nobody_commits(now: Transaction) -> bool:
    """No participant ever commits (violated: prepare, receive it from each, commit, receive that)."""
    return all(manager.state is not Manager.COMMITTED for manager in now.managers)


@must_be_possible
def all_commit(now: Transaction) -> bool:
    """Everybody can commit."""
    return all(manager.state is Manager.COMMITTED for manager in now.managers)


@stays_possible
def commit_stays_possible(now: Transaction) -> bool:
    """From every state somebody can still commit (violated: whoever aborted cannot)."""
    return any(manager.state is Manager.COMMITTED for manager in now.managers)


@leads_to(after=lambda now: now.state is Manager.PREPARED)
def prepared_participant_decides(now: ResourceManager) -> bool:
    """A participant that is prepared hears the decision, if the transaction manager does not fail."""
    return now.state in (Manager.COMMITTED, Manager.ABORTED)
