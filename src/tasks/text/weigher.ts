// Several candidates for one prediction, weighed by what they have predicted so far: Bayes' rule, from equal weights.
//
//   p(w) = Σ_j π(j) p_j(w)        π(j) ← π(j) p_j(x) / p(x)    once the token x is known
//
// So nothing has to be set or tried on a text of its own, no token is looked at before it is predicted, and the loss of a text of n tokens is at most
// ln(J) / n nats above that of the best of the J candidates (Cesa-Bianchi and Lugosi 2006, "Prediction, learning, and games", chapter 9).

/** Candidates and their weights. */
export class Weigher {
  /** π: the weight of each candidate, which add up to 1. [J] */
  readonly weights: Float64Array;

  /** Begins with equal weights. */
  constructor(candidates: number) {
    this.weights = new Float64Array(candidates).fill(1 / candidates);
  }

  /**
   * p of a token; the weights are then what the token makes of them.
   * @param probabilities what each candidate gave the token [J]
   */
  read(probabilities: ArrayLike<number>): number {
    const { weights } = this;
    let sum = 0;
    for (let j = 0; j < weights.length; j++) sum += weights[j] * probabilities[j];
    if (sum > 0) for (let j = 0; j < weights.length; j++) weights[j] = (weights[j] * probabilities[j]) / sum;
    return sum;
  }

  /** The mean of a number that each candidate has. */
  mean(of: (candidate: number) => number): number {
    return this.weights.reduce((sum, weight, j) => sum + weight * of(j), 0);
  }
}
