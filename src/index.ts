// The door that is safe everywhere: Node, browsers, workers. Files, threads and native code are behind `unrolled/node`.

export { columnLabels, conlluLabels, type LabeledSequence, parseColumns, parseConllu } from './data/conllu.ts';
export { type FeatureName, type Features, featureNames, featuresFromJson, learnFeatures } from './data/features.ts';
export { type Classification, classification, type Regression, regression, skill } from './data/metrics.ts';
export { type BatchArrays, type Batches, type BatchOptions, createBatches } from './data/padded-batches.ts';
export {
  createSequences,
  type Example,
  type SequenceInput,
  type Sequences,
  type SequenceTargets,
} from './data/sequences.ts';
export { createSeries, naiveForecast, type Part, type Series, targetsOf, trainingRows } from './data/series.ts';
export { type Split, splitByClass, splitExamples } from './data/split.ts';
export type { Table } from './data/table.ts';
export { type Baselines, baselines } from './data/text/baselines.ts';
export { createTokenizer, type LearnOptions, learnTokenizer } from './data/text/create.ts';
export { copyWindow, type Streams, splitValidation, streams, windowCount } from './data/text/streams.ts';
export type { Ids, Level, Tokenizer } from './data/text/tokenizer.ts';
export { createLabels, learnLabels } from './data/vocabulary.ts';
export type { Backend, Floats } from './engine/backend.ts';
export { type BackendChoice, createBackend } from './engine/create.ts';
export type { Threads } from './engine/threads.ts';
export { openThreads } from './engine/web-threads.ts';
export { UnrolledError } from './errors.ts';
export { packModelFile, unpackModelFile } from './formats/model-file.ts';
export { type ModelFiles, packModel, unpackModel } from './formats/model-folder.ts';
export { readSafetensors, type Tensor, writeSafetensors } from './formats/safetensors.ts';
export { readTokenizerJson, writeTokenizerJson } from './formats/tokenizer-json.ts';
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
  type LayerStatistics,
  type TokenResponse,
  type UnitStatistics,
  type UnitStatisticsSettings,
  unitStatistics,
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
export type { Cell, Saturation, UnitAtStep } from './network/cells/cell.ts';
export { cellOf } from './network/cells/table.ts';
export {
  type CellName,
  cellNames,
  checkConfig,
  type Loss,
  type ModelConfig,
  type ModelOptions,
  type Nonlinearity,
  nonlinearities,
  type Pooling,
} from './network/config.ts';
export { type Initialization, type InitializeOptions, initialize } from './network/initialize.ts';
export { createModel, type Model } from './network/model.ts';
export { type Block, layoutOf, parameterCount, tensorsOf } from './network/parameters.ts';
export type { WindowOptions } from './network/plan.ts';
export { Unrolled } from './network/unrolled.ts';
export { Random } from './random.ts';
export { parseTask, type TaskDescription, type TaskName, taskNames } from './tasks/description.ts';
export {
  type Choice,
  type ClassEvaluation,
  evaluateClasses,
  evaluateForecast,
  type ForecastEvaluation,
  forecast,
  predictClasses,
  predictLabels,
  taskOf,
} from './tasks/predict.ts';
export { readOutputs, type SourceOptions, sequenceJudge, sequenceSource } from './tasks/sequence-batches.ts';
export {
  classifySequences,
  classifyTask,
  createTaskModel,
  forecastSequences,
  forecastTask,
  labelSequences,
  labelTask,
  type TaskData,
} from './tasks/task.ts';
export { type Evaluation, Evaluator, evaluate, evaluateMany } from './tasks/text/evaluate.ts';
export {
  beamSearch,
  type Continuation,
  type GeneratedToken,
  type GenerateOptions,
  generate,
  generateMany,
} from './tasks/text/generate.ts';
export { Predictor } from './tasks/text/predictor.ts';
export {
  type Sample,
  type SampledToken,
  type SampleOptions,
  sample,
  sampleMany,
  sampleText,
} from './tasks/text/sample.ts';
export { candidates, logSoftmax, type SamplingOptions, samplingSettings } from './tasks/text/sampling.ts';
export { textJudge, textSource, textTrainer } from './tasks/text/source.ts';
export { run, type TrainOptions, train } from './tasks/train.ts';
export { type GradcheckOptions, type GradientCheck, gradcheck } from './training/gradcheck.ts';
export { type OptimizerName, type OptimizerOptions, optimizerNames } from './training/optimizers.ts';
export { type ScheduleName, type ScheduleOptions, scheduleNames } from './training/schedules.ts';
export type { Adjustment, TrainingOptions, TrainingSettings } from './training/settings.ts';
export { type Snapshot, SnapshotRing } from './training/snapshots.ts';
export type { Batch, BatchSource, Judge } from './training/source.ts';
export { type Report, Trainer, type UpdateReport, type ValidationReport } from './training/trainer.ts';
