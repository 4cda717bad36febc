/* Peterson's mutual exclusion as in models/peterson.py, for SPIN: one guarded command a step, nothing else is a state. */
#define IDLE 0
#define FLAGGED 1
#define WAITING 2
#define CRITICAL 3
byte at[2];
bool flag[2];
bit turn;

init {
  do
  :: d_step { at[0] == IDLE -> flag[0] = 1; at[0] = FLAGGED }
  :: d_step { at[1] == IDLE -> flag[1] = 1; at[1] = FLAGGED }
  :: d_step { at[0] == FLAGGED -> turn = 1; at[0] = WAITING }
  :: d_step { at[1] == FLAGGED -> turn = 0; at[1] = WAITING }
  :: d_step { at[0] == WAITING && !flag[1] -> at[0] = CRITICAL }
  :: d_step { at[1] == WAITING && !flag[0] -> at[1] = CRITICAL }
  :: d_step { at[0] == WAITING && turn == 0 -> at[0] = CRITICAL }
  :: d_step { at[1] == WAITING && turn == 1 -> at[1] = CRITICAL }
  :: d_step { at[0] == CRITICAL -> flag[0] = 0; at[0] = IDLE }
  :: d_step { at[1] == CRITICAL -> flag[1] = 0; at[1] = IDLE }
  od
}
