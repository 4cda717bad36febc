"""Dijkstra's termination detection on a ring of four nodes (EWD 840; EWD840.tla)."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, anything, invariant, leads_to, require


class Node(Component):
    """Node 0; `number` never changes."""

    number: Annotated[int, Range(0, 3)] = 0
    active: bool = anything()
    black: bool = anything()

    @action(by=Actor.ENVIRONMENT)
    def deactivate(self) -> None:
        """An active node becomes passive."""
        require(self.active)
        self.active = False


class Node1(Node):
    """Node 1."""

    number = 1


class Node2(Node):
    """Node 2."""

    number = 2


class Node3(Node):
    """Node 3."""

    number = 3


class Ring(Component):
    """The ring, with the token's position and colour."""

    node0: Node
    node1: Node1
    node2: Node2
    node3: Node3
    position: Annotated[int, Range(0, 3)] = anything()
    token_is_black: bool = True

    def detected(self) -> bool:
        """Whether node 0 knows that all have terminated."""
        return self.position == 0 and not self.token_is_black and not self.node0.black and not self.node0.active

    def terminated(self) -> bool:
        """Whether no node is active."""
        return not (self.node0.active or self.node1.active or self.node2.active or self.node3.active)

    @action(by=Actor.KERNEL)
    def initiate_probe(self) -> None:
        """Node 0, when it is black or the token is, sends a white token round and turns white."""
        require(self.position == 0 and (self.token_is_black or self.node0.black))
        self.position = 3
        self.token_is_black = False
        self.node0.black = False

    @action(by=Actor.KERNEL)
    def pass_token(self, node: Node) -> None:
        """A node that is passive or black, or has a black token, passes it on and turns white."""
        require(self.position == node.number and self.position != 0)
        require(not node.active or node.black or self.token_is_black)
        self.position = self.position - 1
        self.token_is_black = self.token_is_black or node.black
        node.black = False

    @action(by=Actor.ENVIRONMENT)
    def send(self, node: Node, other: Node) -> None:
        """An active node activates another one, and turns black if that one has the higher number."""
        require(node is not other and node.active)
        node.black = node.black or other.number > node.number
        other.active = True


@invariant
def detection_is_right(now: Ring) -> bool:
    """When node 0 detects termination no node is active."""
    return not now.detected() or now.terminated()


@invariant
def token_stays_black(now: Ring) -> bool:
    """The token is always black (violated by the first probe)."""
    return now.token_is_black


@leads_to(after=lambda now: now.terminated())
def termination_is_detected(now: Ring) -> bool:
    """Termination is detected, as the moves of the token are weakly fair."""
    return now.detected()
