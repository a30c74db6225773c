// The entry point that is safe everywhere: Node, browsers, workers. A learning problem, a model, training, use, saving; all that most programs need.
// Files, threads and native code are behind `unrolled/node`; looking into a model is behind `unrolled/insight`; the parts to build a loop of one's
// own are behind `unrolled/core`.

export type { LabeledSequence } from './data/conllu.ts';
export { parseTable, type TableOptions } from './data/csv.ts';
export type { Classification, Regression } from './data/metrics.ts';
export { createSequences, type Example, type Sequences } from './data/sequences.ts';
export type { SoundSettings } from './data/sound/cepstra.ts';
export {
  type NamedRecording,
  type Recording,
  type RecordingOptions,
  type RecordingTableOptions,
  readRecording,
  recordingTable,
} from './data/sound/recording.ts';
export type { Table } from './data/table.ts';
export { type LearnOptions, learnTokenizer } from './data/text/create.ts';
export type { Ids, Level, Tokenizer } from './data/text/tokenizer.ts';
export type { ClassWeights } from './data/weights.ts';
export type { Backend, Floats } from './engine/backend.ts';
export { type BackendChoice, createBackend } from './engine/create.ts';
export type { Threads } from './engine/threads.ts';
export { openThreads } from './engine/web-threads.ts';
export { UnrolledError } from './errors.ts';
export { packModelFile, unpackModelFile } from './formats/model-file.ts';
export { type ImportOptions, importPyTorch, MisfitError } from './formats/pytorch/import-pytorch.ts';
export type { Inference } from './formats/pytorch/infer.ts';
export type { CellName, ModelConfig, ModelOptions } from './network/config.ts';
export type { Model } from './network/model.ts';
export { type ClassifyOptions, type ClassPrediction, classify } from './tasks/classify.ts';
export { createModel, type NewModelOptions, type TaskModelOptions } from './tasks/create-model.ts';
export type { ClassEvaluation } from './tasks/evaluate-classes.ts';
export type { SeriesParts } from './tasks/forecast/description.ts';
export type { ForecastErrors, ForecastEvaluation } from './tasks/forecast/evaluate.ts';
export { type ForecastOptions, forecast } from './tasks/forecast/forecast.ts';
export { type ForecastPrediction, lastOrigins } from './tasks/forecast/predict.ts';
export { evaluate, predict } from './tasks/kinds.ts';
export { type LabelOptions, label } from './tasks/label.ts';
export type { Choice } from './tasks/read-outputs.ts';
export { type SequenceTaskOptions, sequenceTask } from './tasks/sequence-task.ts';
export type { SeriesClassOptions, SeriesPrediction, StepPrediction } from './tasks/series-classes.ts';
export { open, type Session } from './tasks/session.ts';
export { soundOf } from './tasks/sound-of.ts';
export type { SessionOptions, SessionState } from './tasks/step-session.ts';
export type { Task, TaskReport } from './tasks/task.ts';
export type { Row, StepInput } from './tasks/task-kind.ts';
export type { Evaluation } from './tasks/text/evaluate.ts';
export { growVocabulary } from './tasks/text/grow.ts';
export { type LanguageModelOptions, languageModel } from './tasks/text/language-model.ts';
export {
  type Sample,
  type SampledToken,
  type SampleOptions,
  sample,
  sampleMany,
  sampleText,
} from './tasks/text/sample.ts';
export { fit, type TrainOptions, train } from './tasks/train.ts';
export { type GradcheckOptions, type GradientCheck, gradcheck } from './training/gradcheck.ts';
export type { Group } from './training/group.ts';
export type { Report, UpdateReport, ValidationReport } from './training/reports.ts';
export type { TrainingOptions } from './training/settings.ts';
