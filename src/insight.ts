// The entry point for people who look inside: every number of a window with its explanation, what the gradient does over time, what units and inputs mean,
// and what would be if a number were another. Nothing here trains.

export { areaUnderCurve, ranksOf } from './insight/area-under-curve.ts';
export { type Decay, fitDecay, type Verdict } from './insight/decay.ts';
export { type Eigenvalues, eigenvalues } from './insight/eigenvalues.ts';
export {
  type ContributingFactor,
  type Contribution,
  type Explanation,
  explain,
  type ScheduledOperation,
  schedule,
} from './insight/explain.ts';
export { firstNonFinite } from './insight/first-non-finite.ts';
export {
  type GradientByDistance,
  gradientByDistance,
  gradientByDistanceInSlices,
} from './insight/gradient-by-distance.ts';
export {
  type HeldUnits,
  type HeldUnitsSettings,
  heldUnits,
  heldUnitsInSlices,
} from './insight/held-units.ts';
export {
  type DependenceSettings,
  type InputDependence,
  inputDependence,
  inputDependenceInSlices,
} from './insight/input-dependence.ts';
export { type Jacobian, jacobian, largestSingularValue } from './insight/jacobian.ts';
export { type Operation, operationsOf, symbolOf } from './insight/notation.ts';
export { type Operand, operandsOf } from './insight/operands.ts';
export {
  type Address,
  addressOfParameter,
  type ParameterPlace,
  parameterOf,
  type Quantity,
  quantities,
  sizesOf,
  valueAt,
  vectorAt,
} from './insight/quantities.ts';
export { inputSaliency, occlude, type Saliency, type SaliencySettings } from './insight/saliency.ts';
export { spectralRadius } from './insight/spectral-radius.ts';
export { type Trace, type TraceGradients, type TraceSettings, trace } from './insight/trace.ts';
export {
  type LostStarts,
  type LostStartsOptions,
  lostStarts,
  lostStartsInSlices,
  type OppositeStart,
  oppositeStart,
} from './insight/two-basins.ts';
export {
  type LayerStatistics,
  type TokenResponse,
  type UnitStatistics,
  type UnitStatisticsSettings,
  unitStatistics,
  unitStatisticsInSlices,
} from './insight/unit-statistics.ts';
export {
  applyEdits,
  type Edit,
  type EditedWindow,
  type FiniteDifference,
  type FiniteDifferenceSettings,
  finiteDifference,
  type WhatIf,
  whatIf,
} from './insight/what-if.ts';
export {
  type RecurrentWeight,
  type WhyDecay,
  type WhyDecaySettings,
  whyDecay,
  whyDecayInSlices,
} from './insight/why-decay.ts';
export type { TokenIds, WindowSettings } from './insight/window.ts';
