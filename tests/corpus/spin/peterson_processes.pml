/* Peterson's mutual exclusion as in models/peterson.py, one process each, for SPIN: does whoever wants to enter? */
#define IDLE 0
#define FLAGGED 1
#define WAITING 2
#define CRITICAL 3
byte at[2];
bool flag[2];
bit turn;
#define PROCESS(i, other) \
  do \
  :: d_step { at[i] == IDLE -> skip } \
  :: d_step { at[i] == IDLE -> flag[i] = 1; at[i] = FLAGGED } \
  :: d_step { at[i] == FLAGGED -> turn = other; at[i] = WAITING } \
  :: d_step { at[i] == WAITING && (!flag[other] || turn == i) -> at[i] = CRITICAL } \
  :: d_step { at[i] == CRITICAL -> flag[i] = 0; at[i] = IDLE } \
  od

active proctype zero() { PROCESS(0, 1) }
active proctype one() { PROCESS(1, 0) }

ltl enters { [] (flag[0] -> <> (at[0] == CRITICAL)) && [] (flag[1] -> <> (at[1] == CRITICAL)) }
