/* The alternating bit protocol over channels of two places as in models/alternating_bit_lossy.py, for SPIN: one process
   each for sender, receiver and what loses messages; does a second datum arrive? */
chan messages = [2] of { bit, bit };
chan acknowledgements = [2] of { bit };
bit sender_bit, acknowledged, receiver_bit, sent, received;

active proctype sender() {
  bit got;
  do
  :: atomic { sender_bit == acknowledged && nfull(messages) -> sender_bit = 1 - sender_bit; sent = 0; messages!sender_bit,0 }
  :: atomic { sender_bit == acknowledged && nfull(messages) -> sender_bit = 1 - sender_bit; sent = 1; messages!sender_bit,1 }
  :: atomic { sender_bit != acknowledged && nfull(messages) -> messages!sender_bit,sent }
  :: atomic { acknowledgements?got -> acknowledged = got; got = 0 }
  od
}

active proctype receiver() {
  do
  :: atomic { messages?receiver_bit,received }
  :: atomic { nfull(acknowledgements) -> acknowledgements!receiver_bit }
  od
}

active proctype loses() {
  bit bits, data;
  do
  :: atomic { messages?bits,data -> bits = 0; data = 0 }
  od
}

ltl arrives { [] ((sender_bit != acknowledged && sent == 1) -> <> (received == 1)) }
