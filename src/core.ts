// The entry point for people who build their own loop: the network with its memory, the trainer, where batches come from, parameters by name, data on their
// way to the engine, and file formats in memory. Everything that most programs need is in `unrolled`.

export { type ClassTableOptions, parseClasses } from './data/class-table.ts';
export { columnLabels, conlluLabels, parseColumns, parseConllu } from './data/conllu.ts';
export { type FeatureName, type Features, featureNames, featuresFromJson, learnFeatures } from './data/features.ts';
export { classification, regression, skill } from './data/metrics.ts';
export { type BatchArrays, type Batches, type BatchOptions, createBatches } from './data/padded-batches.ts';
export type { SequenceInput, SequenceTargets } from './data/sequences.ts';
export { createSeries, type Series } from './data/series.ts';
export { trainingRows } from './data/series-plan.ts';
export { baseOf, type Part, persistence, type SeriesPart, targetsOf } from './data/series-windows.ts';
export { type Split, splitByClass, splitExamples } from './data/split.ts';
export { type Baselines, baselines } from './data/text/baselines.ts';
export { createTokenizer } from './data/text/create.ts';
export { KneserNey, NgramCounts } from './data/text/kneser-ney.ts';
export { copyWindow, type Streams, splitValidation, streams, windowCount } from './data/text/streams.ts';
export { LEVELS, levelNouns } from './data/text/tokenizer.ts';
export { utf16Order } from './data/text/utf16.ts';
export { type StepLevel, tokensOf } from './data/tokens.ts';
export { createLabels, learnLabels } from './data/vocabulary.ts';
export { atPlace, described, expectInteger, expectNumber, expectObject, expectText, quoted } from './errors.ts';
export { decodeCheckpoint, encodeCheckpoint } from './formats/checkpoint.ts';
export { formatConfig, parseConfig } from './formats/config.ts';
export { type ModelFiles, packModel, unpackModel } from './formats/model-folder.ts';
export { readSafetensors, type Tensor, writeSafetensors } from './formats/safetensors.ts';
export { readTokenizerJson, writeTokenizerJson } from './formats/tokenizer-json.ts';
export type { Cell, Saturation, UnitAtStep } from './network/cells/cell.ts';
export { cellOf } from './network/cells/table.ts';
export {
  cellNames,
  checkConfig,
  isLanguageModel,
  type Loss,
  type Nonlinearity,
  nonlinearities,
  type Pooling,
} from './network/config.ts';
export { type Initialization, type InitializeOptions, initialize } from './network/initialize.ts';
export { type Block, layoutOf, parameterCount, tensorsOf } from './network/parameters.ts';
export type { WindowOptions } from './network/plan.ts';
export { Unrolled } from './network/unrolled.ts';
export { Random } from './random.ts';
export type { ForecastDescription } from './tasks/forecast/description.ts';
export { type Origin, originsOf, valuesOf } from './tasks/forecast/evaluate.ts';
export { parseTask, type TaskDescription, type TaskName, taskDefaults, taskNames } from './tasks/kinds.ts';
export { sequenceJudge, sequenceSource } from './tasks/sequence-batches.ts';
export { StepSession } from './tasks/step-session.ts';
export type { BatchOptions as SourceOptions, TaskDefaults } from './tasks/task.ts';
export {
  type DynamicOptions,
  type GradientScalesOptions,
  gradientScales,
} from './tasks/text/dynamic-evaluation.ts';
export { Evaluator, evaluateTexts } from './tasks/text/evaluate.ts';
export type { OpenSteps, Steps } from './tasks/text/generate.ts';
export {
  beamSearch,
  type Continuation,
  type GeneratedToken,
  type GenerateOptions,
  generate,
  generateMany,
} from './tasks/text/generate.ts';
export { languageTask } from './tasks/text/language-model.ts';
export { meanWith } from './tasks/text/mixture.ts';
export type { CacheOptions } from './tasks/text/neural-cache.ts';
export { promptIds } from './tasks/text/sample.ts';
export { candidates, draw, logSoftmax, type SamplingOptions, samplingSettings } from './tasks/text/sampling.ts';
export { textJudge, textSource, textTrainer } from './tasks/text/source.ts';
export {
  mixedLosses,
  type TokenLossesOptions,
  tokenLosses,
  type WeighedLosses,
  weighedLosses,
} from './tasks/text/token-losses.ts';
export { type TunedDynamic, tuneDynamic } from './tasks/text/tune-dynamic.ts';
export { createTrainer } from './tasks/train.ts';
export { alone, type Group } from './training/group.ts';
export {
  createOptimizer,
  type JointOptimizer,
  type JointOptimizerOptions,
  type Trained,
} from './training/joint-optimizer.ts';
export { describeOptimizer, type OptimizerName, type OptimizerOptions, optimizerNames } from './training/optimizers.ts';
export { type ScheduleName, type ScheduleOptions, scheduleNames } from './training/schedules.ts';
export type { TrainingSettings } from './training/settings.ts';
export { parseSnapshot, type Snapshot } from './training/snapshots.ts';
export type { Batch, BatchSource, Judge } from './training/source.ts';
export { Trainer } from './training/trainer.ts';
