"""The alternating bit protocol over channels of two places that lose messages (Lamport, Specifying Systems, 14.3)."""

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, anything, initially, invariant, leads_to, require


class Data(Enum):
    """What is sent."""

    FIRST = auto()
    SECOND = auto()


class Message(Component):
    """A place of the message channel; what is not in use has its start values."""

    bit: bool = False
    data: Data = Data.FIRST


class Acknowledgement(Component):
    """A place of the acknowledgement channel."""

    bit: bool = False


class AlternatingBit(Component):
    """Sender, receiver and both channels; the head of a channel is its first place."""

    message1: Message
    message2: Message
    acknowledgement1: Acknowledgement
    acknowledgement2: Acknowledgement
    messages: Annotated[int, Range(0, 2)] = 0
    acknowledgements: Annotated[int, Range(0, 2)] = 0
    sender_bit: bool = anything()
    sender_acknowledged: bool = anything()
    receiver_bit: bool = anything()
    sent: Data = anything()
    received: Data = anything()

    @initially
    def bits_agree(self) -> bool:
        """At the start all bits are the same."""
        return self.sender_bit == self.sender_acknowledged and self.sender_bit == self.receiver_bit

    def awaits(self) -> bool:
        """Whether the sender waits for an acknowledgement."""
        return self.sender_bit != self.sender_acknowledged

    @action(by=Actor.USERSPACE, fair=False)
    def send_first(self) -> None:
        """A new message with the first datum is sent."""
        require(not self.awaits() and self.messages < 2)
        self.message1.bit = not self.sender_bit if self.messages == 0 else self.message1.bit
        self.message1.data = Data.FIRST if self.messages == 0 else self.message1.data
        self.message2.bit = not self.sender_bit if self.messages == 1 else self.message2.bit
        self.message2.data = Data.FIRST if self.messages == 1 else self.message2.data
        self.messages = self.messages + 1
        self.sender_bit = not self.sender_bit
        self.sent = Data.FIRST

    @action(by=Actor.USERSPACE, fair=False)
    def send_second(self) -> None:
        """A new message with the second datum is sent."""
        require(not self.awaits() and self.messages < 2)
        self.message1.bit = not self.sender_bit if self.messages == 0 else self.message1.bit
        self.message1.data = Data.SECOND if self.messages == 0 else self.message1.data
        self.message2.bit = not self.sender_bit if self.messages == 1 else self.message2.bit
        self.message2.data = Data.SECOND if self.messages == 1 else self.message2.data
        self.messages = self.messages + 1
        self.sender_bit = not self.sender_bit
        self.sent = Data.SECOND

    @action(by=Actor.KERNEL)
    def send_again(self) -> None:
        """The message that is not yet acknowledged is sent again."""
        require(self.awaits() and self.messages < 2)
        self.message1.bit = self.sender_bit if self.messages == 0 else self.message1.bit
        self.message1.data = self.sent if self.messages == 0 else self.message1.data
        self.message2.bit = self.sender_bit if self.messages == 1 else self.message2.bit
        self.message2.data = self.sent if self.messages == 1 else self.message2.data
        self.messages = self.messages + 1

    @action(by=Actor.KERNEL)
    def receive(self) -> None:
        """The receiver takes the first message."""
        require(self.messages > 0)
        self.receiver_bit = self.message1.bit
        self.received = self.message1.data
        self.message1.bit = self.message2.bit
        self.message1.data = self.message2.data
        self.message2.bit = False
        self.message2.data = Data.FIRST
        self.messages = self.messages - 1

    @action(by=Actor.KERNEL)
    def acknowledge(self) -> None:
        """The receiver acknowledges what it received last."""
        require(self.acknowledgements < 2)
        self.acknowledgement1.bit = self.receiver_bit if self.acknowledgements == 0 else self.acknowledgement1.bit
        self.acknowledgement2.bit = self.receiver_bit if self.acknowledgements == 1 else self.acknowledgement2.bit
        self.acknowledgements = self.acknowledgements + 1

    @action(by=Actor.KERNEL)
    def receive_acknowledgement(self) -> None:
        """The sender takes the first acknowledgement."""
        require(self.acknowledgements > 0)
        self.sender_acknowledged = self.acknowledgement1.bit
        self.acknowledgement1.bit = self.acknowledgement2.bit
        self.acknowledgement2.bit = False
        self.acknowledgements = self.acknowledgements - 1

    @action(by=Actor.ENVIRONMENT)
    def lose_first_message(self) -> None:
        """The first message is lost."""
        require(self.messages > 0)
        self.message1.bit = self.message2.bit
        self.message1.data = self.message2.data
        self.message2.bit = False
        self.message2.data = Data.FIRST
        self.messages = self.messages - 1

    @action(by=Actor.ENVIRONMENT)
    def lose_second_message(self) -> None:
        """The second message is lost."""
        require(self.messages == 2)
        self.message2.bit = False
        self.message2.data = Data.FIRST
        self.messages = 1

    @action(by=Actor.ENVIRONMENT)
    def lose_first_acknowledgement(self) -> None:
        """The first acknowledgement is lost."""
        require(self.acknowledgements > 0)
        self.acknowledgement1.bit = self.acknowledgement2.bit
        self.acknowledgement2.bit = False
        self.acknowledgements = self.acknowledgements - 1

    @action(by=Actor.ENVIRONMENT)
    def lose_second_acknowledgement(self) -> None:
        """The second acknowledgement is lost."""
        require(self.acknowledgements == 2)
        self.acknowledgement2.bit = False
        self.acknowledgements = 1


@invariant
def acknowledged_is_received(now: AlternatingBit) -> bool:
    """When the sender has its acknowledgement the receiver has what was sent, but for the start."""
    return now.awaits() or now.receiver_bit == now.sender_bit


@invariant
def received_is_sent(now: AlternatingBit) -> bool:
    """What was received is what was sent (violated: at the start, and on the way, it is not)."""
    return now.received == now.sent


@leads_to(after=lambda now: now.awaits() and now.sent is Data.SECOND)
def sent_data_arrive(now: AlternatingBit) -> bool:
    """What is sent arrives, as only finitely many messages are lost."""
    return now.received is Data.SECOND
