"""The alternating bit protocol when both channels may lose messages for ever, but deliver strongly fairly.

This is the fairness of AlternatingBit.tla (Lamport, Specifying Systems, 14.3): ABFairness asks WF of sending again and of
acknowledging, SF of receiving messages and acknowledgements; SentLeadsToRcvd is its property.
"""

from alternating_bit import AlternatingBit, Data

from tdispmodel.dsl import Actor, action, invariant, leads_to, replaces, require


class StronglyFair(AlternatingBit):
    """Losing is what the channels do, for ever; what may be received again and again is received."""

    @replaces(AlternatingBit.receive)
    @action(by=Actor.KERNEL, strongly_fair=True)
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

    @replaces(AlternatingBit.receive_acknowledgement)
    @action(by=Actor.KERNEL, strongly_fair=True)
    def receive_acknowledgement(self) -> None:
        """The sender takes the first acknowledgement."""
        require(self.acknowledgements > 0)
        self.sender_acknowledged = self.acknowledgement1.bit
        self.acknowledgement1.bit = self.acknowledgement2.bit
        self.acknowledgement2.bit = False
        self.acknowledgements = self.acknowledgements - 1

    @replaces(AlternatingBit.lose_first_message)
    @action(by=Actor.KERNEL, fair=False)
    def lose_first_message(self) -> None:
        """The first message is lost."""
        require(self.messages > 0)
        self.message1.bit = self.message2.bit
        self.message1.data = self.message2.data
        self.message2.bit = False
        self.message2.data = Data.FIRST
        self.messages = self.messages - 1

    @replaces(AlternatingBit.lose_second_message)
    @action(by=Actor.KERNEL, fair=False)
    def lose_second_message(self) -> None:
        """The second message is lost."""
        require(self.messages == 2)
        self.message2.bit = False
        self.message2.data = Data.FIRST
        self.messages = 1

    @replaces(AlternatingBit.lose_first_acknowledgement)
    @action(by=Actor.KERNEL, fair=False)
    def lose_first_acknowledgement(self) -> None:
        """The first acknowledgement is lost."""
        require(self.acknowledgements > 0)
        self.acknowledgement1.bit = self.acknowledgement2.bit
        self.acknowledgement2.bit = False
        self.acknowledgements = self.acknowledgements - 1

    @replaces(AlternatingBit.lose_second_acknowledgement)
    @action(by=Actor.KERNEL, fair=False)
    def lose_second_acknowledgement(self) -> None:
        """The second acknowledgement is lost."""
        require(self.acknowledgements == 2)
        self.acknowledgement2.bit = False
        self.acknowledgements = 1


@invariant
def acknowledged_is_received(now: StronglyFair) -> bool:
    """When the sender has its acknowledgement the receiver has what was sent, but for the start."""
    return now.awaits() or now.receiver_bit == now.sender_bit


@leads_to(after=lambda now: now.awaits() and now.sent is Data.SECOND)
def sent_data_arrive(now: StronglyFair) -> bool:
    """What is sent arrives: it is sent again until it is acknowledged, so a message is there again and again."""
    return now.received is Data.SECOND


@leads_to(after=lambda now: now.awaits())
def sender_is_acknowledged(now: StronglyFair) -> bool:
    """The acknowledgement arrives, too: what was received last is acknowledged again and again."""
    return not now.awaits()
