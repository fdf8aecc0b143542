/* The 3-2-1 step in C, weights in variables: w1 STEPS on standard input, seconds and loss on standard output. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#ifndef FLOAT
#define FLOAT double
#define EXP exp
#endif

int main(void) {
  const FLOAT x[3][3] = {{13 / 1009., 869 / 1009., 716 / 1009.}, {563 / 1009., 410 / 1009., 257 / 1009.}, {104 / 1009., 960 / 1009., 807 / 1009.}};
  const FLOAT t[3] = {1 / 7., 6 / 7., 4 / 7.};
  FLOAT v[3][2] = {{0.15, 0.2}, {0.6, 0.3}, {0.3, 0.5}}, w[2] = {0.8, 0.2};
  long steps;
  printf("{\"ready\":true}\n");
  fflush(stdout);
  while (scanf("%ld", &steps) == 1) {
    struct timespec a, b;
    FLOAT loss = 0;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (long s = 0; s < steps; s++) {
      FLOAT gv[3][2] = {{0}}, gw[2] = {0};
      loss = 0;
      for (int n = 0; n < 3; n++) {
        FLOAT h[2] = {0};
        for (int i = 0; i < 3; i++)
          for (int k = 0; k < 2; k++) h[k] += x[n][i] * v[i][k];
        FLOAT y = 1 / (1 + EXP(-(h[0] * w[0] + h[1] * w[1])));
        FLOAT e = y - t[n];
        loss += e * e / 6;
        FLOAT d = e / 3 * (y * (1 - y));
        for (int k = 0; k < 2; k++) {
          gw[k] += d * h[k];
          for (int i = 0; i < 3; i++) gv[i][k] += d * w[k] * x[n][i];
        }
      }
      for (int k = 0; k < 2; k++) {
        w[k] -= (FLOAT)0.5 * gw[k];
        for (int i = 0; i < 3; i++) v[i][k] -= (FLOAT)0.5 * gv[i][k];
      }
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("{\"seconds\":%.9f,\"loss\":%.9g}\n", b.tv_sec - a.tv_sec + 1e-9 * (b.tv_nsec - a.tv_nsec), (double)loss);
    fflush(stdout);
  }
}
