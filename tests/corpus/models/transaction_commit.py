"""What a commit protocol is to achieve, as seen from nowhere in particular (Gray and Lamport 2006; TCommit.tla)."""

from enum import Enum, auto

from tdispmodel.dsl import Actor, Component, Each, action, invariant, leads_to, require


class Manager(Enum):
    """What a resource manager has decided."""

    WORKING = auto()
    PREPARED = auto()
    COMMITTED = auto()
    ABORTED = auto()


class ResourceManager(Component):
    """One participant."""

    state: Manager = Manager.WORKING

    @action(by=Actor.KERNEL)
    def prepare(self) -> None:
        """The resource manager prepares."""
        require(self.state is Manager.WORKING)
        self.state = Manager.PREPARED


class Transaction(Component):
    """All participants."""

    managers: Each[ResourceManager]

    @action(by=Actor.KERNEL)
    def decide_commit(self, manager: ResourceManager) -> None:
        """A prepared participant commits when nobody works any more and nobody aborted."""
        require(manager.state is Manager.PREPARED)
        require(all(other.state in (Manager.PREPARED, Manager.COMMITTED) for other in self.managers))
        manager.state = Manager.COMMITTED

    @action(by=Actor.KERNEL)
    def decide_abort(self, manager: ResourceManager) -> None:
        """A participant that has not committed aborts when nobody committed."""
        require(manager.state in (Manager.WORKING, Manager.PREPARED))
        require(all(other.state is not Manager.COMMITTED for other in self.managers))
        manager.state = Manager.ABORTED


@invariant
def consistency(now: Transaction) -> bool:
    """No participant commits while another aborts."""
    committed = any(manager.state is Manager.COMMITTED for manager in now.managers)
    aborted = any(manager.state is Manager.ABORTED for manager in now.managers)
    return not (committed and aborted)


@leads_to(after=lambda now: now.state is Manager.WORKING)
def everybody_decides(now: ResourceManager) -> bool:
    """Under weak fairness everybody decides: every step brings somebody nearer to a decision."""
    return now.state in (Manager.COMMITTED, Manager.ABORTED)
