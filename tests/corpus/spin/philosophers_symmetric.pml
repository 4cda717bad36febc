/* Three philosophers as in models/philosophers_symmetric.py, for SPIN. */
#define THINKING 0
#define HUNGRY 1
#define HOLDING 2
#define EATING 3
byte at[3];
bool a, b, c;
#define PHILOSOPHER(i, first, second) \
  :: d_step { at[i] == THINKING -> at[i] = HUNGRY } \
  :: d_step { at[i] == HUNGRY && !first -> first = 1; at[i] = HOLDING } \
  :: d_step { at[i] == HOLDING && !second -> second = 1; at[i] = EATING } \
  :: d_step { at[i] == EATING -> first = 0; second = 0; at[i] = THINKING }

init {
  do
  PHILOSOPHER(0, a, b)
  PHILOSOPHER(1, b, c)
  PHILOSOPHER(2, c, a)
  od
}
