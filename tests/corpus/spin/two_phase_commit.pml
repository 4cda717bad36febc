/* Two-phase commit of three participants as in models/two_phase_commit.py, for SPIN. */
#define WORKING 0
#define PREPARED 1
#define COMMITTED 2
#define ABORTED 3
byte at[3];
bool sent[3];
bool heard[3];
bool commit, abort;
#define undecided (!commit && !abort)
#define PARTICIPANT(i) \
  :: d_step { at[i] == WORKING -> at[i] = PREPARED; sent[i] = 1 } \
  :: d_step { at[i] == WORKING -> at[i] = ABORTED } \
  :: d_step { undecided && sent[i] -> heard[i] = 1 } \
  :: d_step { commit -> at[i] = COMMITTED } \
  :: d_step { abort -> at[i] = ABORTED }

init {
  do
  PARTICIPANT(0)
  PARTICIPANT(1)
  PARTICIPANT(2)
  :: d_step { undecided && heard[0] && heard[1] && heard[2] -> commit = 1 }
  :: d_step { undecided -> abort = 1 }
  od
}
