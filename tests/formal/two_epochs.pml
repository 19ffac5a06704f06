/* Two epochs of a log with window alpha = 1: slot 1 is counted under epoch 1, its value may be the change
 * that makes slot 2 count under epoch 2, with other members. Written from the protocol's text.
 *
 * Sites 0, 1, 2. Epoch 1: all of them; epoch 2: site 2 alone or, -DPAIR, sites 1 and 2. One unit each. Ballot b
 * of its proposer covers both slots: it asks every site for promises, opens slot 1 with a quorum of epoch 1,
 * and slot 2 only when it knows slot 1 to be chosen (S1: the window is one slot) and its promises, counted
 * again under the epoch of slot 2, are a quorum of that epoch (S3). Promises report every accepted slot.
 *
 * Seeded bugs: -DSTALE_PROMISES (promises that were a quorum of epoch 1 are not counted again for slot 2),
 * -DEARLY (slot 2 is opened under the epoch that the ballot itself proposes in slot 1, before it is chosen),
 * -DTIE (half is a quorum; with -DPAIR epoch 2 has an even number of members). */

#ifndef B
#define B 2
#endif
#define N 3
#define OLD 1
#define NEW 2
/* A value of slot 1: 1 + b keeps the epoch, 1 + B + b changes it. */
#define CHANGES(v) ((v) > B)

byte promised[N];
byte held[N * 2];            /* ballot of the value accepted in slot 1, 2 */
byte proposal[(B + 1) * 2];  /* what ballot b proposes in slot 1, 2; 0: nothing */
byte epoch[B + 1];           /* under which epoch ballot b counts slot 2 */
bool told[N * (B + 1)];
byte report[N * (B + 1) * 2];
bool yes[N * (B + 1) * 2];
byte chosen[2];

#define AT(a, b) ((a) * (B + 1) + (b))
#define AT2(a, b, s) (((a) * (B + 1) + (b)) * 2 + (s))
#define P(b, s) proposal[(b) * 2 + (s)]
#ifdef PAIR
#define MEMBER(e, a) ((e) == OLD || (a) >= 1)
#define SIZE(e) ((e) == OLD -> 3 : 2)
#else
#define MEMBER(e, a) ((e) == OLD || (a) == 2)
#define SIZE(e) ((e) == OLD -> 3 : 1)
#endif
#ifdef TIE
#define QUORUM(x, e) (2 * (x) >= SIZE(e))
#else
#define QUORUM(x, e) (2 * (x) > SIZE(e))
#endif

/* Counts the acceptances in slot s under ballot b that were ever said, under the epoch of the slot. */
inline tally(b, s) {
  e = (s == 0 -> OLD : epoch[b]);
  k = 0; sum = 0;
  do
  :: k < N ->
       if
       :: yes[AT2(k, b, s)] && MEMBER(e, k) -> sum++
       :: else
       fi;
       k++
  :: else -> break
  od;
  if
  :: QUORUM(sum, e) && chosen[s] == 0 -> chosen[s] = P(b, s)
  :: else -> assert(!QUORUM(sum, e) || chosen[s] == P(b, s))
  fi;
  k = 0; sum = 0; e = 0
}

proctype acceptor(byte a) {
  byte b, s, k, sum, e;
end:
  do
  :: atomic {
       select(b : 1 .. B);
       if
       :: b > promised[a] ->
            promised[a] = b;
            told[AT(a, b)] = true;
            report[AT2(a, b, 0)] = held[a * 2];
            report[AT2(a, b, 1)] = held[a * 2 + 1]
       :: else
       fi;
       b = 0
     }
  :: atomic {
       select(b : 1 .. B);
       select(s : 0 .. 1);
       if
       :: P(b, s) != 0 && b >= promised[a] && !yes[AT2(a, b, s)] ->
            promised[a] = b;
            held[a * 2 + s] = b;
            yes[AT2(a, b, s)] = true;
            tally(b, s)
       :: else
       fi;
       b = 0; s = 0
     }
  od
}

/* How many members of epoch `e` have promised to `b` or accepted under it, and the best report of slot s;
 * any promise may be unheard. */
inline gather(b, s, e) {
  a = 0; count = 0; best = 0;
  do
  :: a < N ->
       if
       :: told[AT(a, b)] ->
            if
            :: MEMBER(e, a) -> count++
            :: else
            fi;
            if
            :: report[AT2(a, b, s)] > best -> best = report[AT2(a, b, s)]
            :: else
            fi
       :: true
       fi;
       a++
  :: else -> break
  od
}
proctype proposer(byte b) {
  byte a, count, best, e;
end:
  atomic {  /* slot 1 */
    P(b, 0) == 0;
    gather(b, 0, OLD);
    if
    :: QUORUM(count, OLD) ->
         if
         :: best != 0 -> P(b, 0) = P(best, 0)
         :: best == 0 -> P(b, 0) = b
         :: best == 0 -> P(b, 0) = B + b
         fi
    :: else -> goto end
    fi;
    a = 0; count = 0; best = 0
  }
second:
  atomic {  /* slot 2 */
#ifdef EARLY
    P(b, 0) != 0;
    e = (CHANGES(P(b, 0)) -> NEW : OLD);
#else
    chosen[0] != 0;
    e = (CHANGES(chosen[0]) -> NEW : OLD);
#endif
    epoch[b] = e;
#ifdef STALE_PROMISES
    gather(b, 1, OLD);
    if
    :: QUORUM(count, OLD) -> P(b, 1) = (best == 0 -> b : P(best, 1))
    :: else -> epoch[b] = 0
    fi;
#else
    gather(b, 1, e);
    if
    :: QUORUM(count, e) -> P(b, 1) = (best == 0 -> b : P(best, 1))
    :: else -> epoch[b] = 0
    fi;
#endif
    a = 0; count = 0; best = 0; e = 0;
    if
    :: P(b, 1) == 0 -> goto second
    :: else
    fi
  }
}

init {
  byte i;
  atomic {
    i = 0;
    do
    :: i < N -> run acceptor(i); i++
    :: else -> break
    od;
    i = 1;
    do
    :: i <= B -> run proposer(i); i++
    :: else -> break
    od;
    i = 0
  }
}
