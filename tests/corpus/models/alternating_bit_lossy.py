"""The alternating bit protocol over a channel that may lose every message."""

from alternating_bit import AlternatingBit, Data

from tdispmodel.dsl import Actor, action, invariant, leads_to, replaces, require


class Lossy(AlternatingBit):
    """Losing the first message is no disturbance that ends some day, but what the channel does."""

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


@invariant
def acknowledged_is_received(now: Lossy) -> bool:
    """When the sender has its acknowledgement the receiver has what was sent, but for the start."""
    return now.awaits() or now.receiver_bit == now.sender_bit


@leads_to(after=lambda now: now.awaits() and now.sent is Data.SECOND)
def sent_data_arrive(now: Lossy) -> bool:
    """What is sent arrives (violated: sent again and lost again for ever)."""
    return now.received is Data.SECOND
