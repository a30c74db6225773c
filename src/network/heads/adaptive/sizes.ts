// The sizes from which an adaptive softmax is of use; what one is stands in adaptive-softmax.ts.

/** Each cluster is so many times narrower than the one before: `div_value` of PyTorch. */
export const narrowing = 4;
/** The smallest vocabulary that is cut by itself: below, the full softmax costs little. */
export const leastClasses = 1000;
/** The two clusters that it is then cut into need so many units, or the second has no width. */
export const leastUnits = narrowing ** 2;
