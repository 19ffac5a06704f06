/* One slot of weighted Paxos, written from the protocol's text and not from the code: acceptors that
 * crash and come back with what they had written, ballots of different proposers, messages that are
 * lost, repeated and reordered (a message once said may be read any number of times, or never).
 *
 * N acceptors of weight w[], B ballots numbered from 1. A ballot has one proposer and one value of its
 * own; a proposer that crashes goes on no more. What an acceptor says, it has written down before; a
 * crash loses what was not written, so a step of an acceptor is whole or did not happen.
 *
 * Seeded bugs: -DTIE (half of the weight is a quorum), -DNO_RAISE (an accept does not raise the
 * promise), -DFORGET (an acceptor forgets its promise when it comes back), -DLOWEST (the value of the
 * lowest ballot is adopted). */

#ifndef N
#define N 3
#endif
#ifndef B
#define B 3
#endif

byte promised[N];          /* highest ballot promised; 0: none */
byte held[N];              /* ballot of the value accepted; 0: none */
byte value[B + 1];         /* what ballot b proposes: the ballot whose own value it is; 0: nothing yet */
bool told[N * (B + 1)];    /* a promise to b was said ... */
byte report[N * (B + 1)];  /* ... with this accepted ballot */
bool yes[N * (B + 1)];     /* an acceptance under b was said */
byte chosen = 0;           /* the first value that a quorum has accepted under one ballot */

#ifdef WEIGHTED
#define WEIGHT(a) ((a) == 0 -> 2 : 1)
#define TOTAL (N + 1)
#else
#define WEIGHT(a) 1
#define TOTAL N
#endif

#ifdef TIE
#define QUORUM(x) (2 * (x) >= TOTAL)
#else
#define QUORUM(x) (2 * (x) > TOTAL)
#endif
#define AT(a, b) ((a) * (B + 1) + (b))

/* Counts the acceptances under ballot b that were ever said. */
inline tally(b) {
  k = 0; weight = 0;
  do
  :: k < N ->
       if
       :: yes[AT(k, b)] -> weight = weight + WEIGHT(k)
       :: else
       fi;
       k++
  :: else -> break
  od;
  if
  :: QUORUM(weight) && chosen == 0 -> chosen = value[b]
  :: else -> assert(!QUORUM(weight) || chosen == value[b])
  fi;
  k = 0; weight = 0
}

proctype acceptor(byte a) {
  byte b, k, weight;
end:
  do
  :: atomic {  /* prepare b */
       select(b : 1 .. B);
       if
       :: b > promised[a] ->
            promised[a] = b;
            told[AT(a, b)] = true;
            report[AT(a, b)] = held[a]
       :: else
       fi;
       b = 0
     }
  :: atomic {  /* accept b */
       select(b : 1 .. B);
       if
       :: value[b] != 0 && b >= promised[a] && held[a] != b && !yes[AT(a, b)] ->
#ifndef NO_RAISE
            promised[a] = b;
#endif
            held[a] = b;
            yes[AT(a, b)] = true;
            tally(b)
       :: else
       fi;
       b = 0
     }
#ifdef FORGET
  :: atomic { promised[a] != 0 -> promised[a] = 0 }
#endif
  od
}

/* Reads the promises of any set of acceptors that is a quorum, and proposes. */
proctype proposer(byte b) {
  byte a, weight, best;
end:
  atomic {
    value[b] == 0;
    a = 0; weight = 0; best = 0;
    do
    :: a < N ->
         if
         :: told[AT(a, b)] ->
              weight = weight + WEIGHT(a);
              if
#ifdef LOWEST
              :: report[AT(a, b)] != 0 && (best == 0 || report[AT(a, b)] < best) -> best = report[AT(a, b)]
#else
              :: report[AT(a, b)] > best -> best = report[AT(a, b)]
#endif
              :: else
              fi
         :: true  /* not heard */
         fi;
         a++
    :: else -> break
    od;
    if
    :: QUORUM(weight) -> value[b] = (best == 0 -> b : value[best])
    :: else -> goto end
    fi;
    a = 0; weight = 0; best = 0
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
