// What the options of a training run ask of the model and of the trainer: an architecture, the model to start from, settings.

import { UnrolledError } from '../errors.ts';
import type { ModelConfig, ModelOptions } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import type { TrainingOptions } from '../training/settings.ts';
import type { Request } from './options.ts';
import type { RunData } from './run-data.ts';
import type { RunOptions } from './run-options.ts';

/** The architecture that the options ask for. */
export function architecture(options: RunOptions, data: RunData): ModelOptions {
  if (options.tied && options.embedding !== options.hidden)
    throw new UnrolledError(
      `--tied: expected --embedding as large as --hidden (${options.hidden}), got --embedding ${options.embedding}`,
    );
  return {
    cell: options.cell,
    nonlinearity: options.nonlinearity,
    bidirectional: options.bidirectional,
    embeddingSize: options.embedding === 0 ? null : options.embedding,
    hiddenSize: options.hidden,
    numLayers: options.layers,
    dropout: options.dropout,
    tieWeights: options.tied,
    softmax: options.softmax,
    ...data.architecture,
  };
}

/**
 * The options of a run that starts from another model: its architecture and vocabulary, our training.
 * @throws UnrolledError for a given option that the other model contradicts
 */
export function adoptModel(request: Request, options: RunOptions, model: Model): RunOptions {
  const { config, tokenizer } = model;
  const from = options['init-from'];
  if (!tokenizer) throw new UnrolledError(`${from}: expected a model of text, with tokenizer.json, got one without`);
  const theirs = {
    cell: config.cell,
    nonlinearity: config.nonlinearity,
    hidden: config.hiddenSize,
    layers: config.numLayers,
    embedding: config.embeddingSize ?? 0,
    tied: config.tieWeights,
    softmax: config.softmax,
  };
  for (const [name, value] of Object.entries(theirs)) {
    const asked = options[name as keyof RunOptions];
    if (request.has(name) && asked !== value)
      throw new UnrolledError(
        `--${name}: expected ${value}, as the model in ${from} has, got ${asked}; leave the option out`,
      );
  }
  return {
    ...options,
    ...theirs,
    level: tokenizer.level,
    pretokenized: tokenizer.options.pretokenized ?? false,
    'min-count': null,
    dropout: request.has('dropout') ? options.dropout : config.dropout,
  };
}

/** What the trainer is told. */
export function trainingOptions(options: RunOptions): TrainingOptions {
  return {
    optimizer: options.optimizer,
    learningRate: options.lr ?? undefined,
    momentum: options.momentum ?? undefined,
    weightDecay: options['weight-decay'],
    schedule: options.schedule,
    patience: options.patience,
    batchSize: options.batch,
    bptt: options.bptt ?? undefined,
    epochs: options.epochs ?? undefined,
    updates: options.updates ?? undefined,
    clip: options.clip,
    seed: options.seed,
    checkpointEvery: options['checkpoint-every'] ?? undefined,
  };
}

/** The config of another model with the run's dropout. */
export function withDropout(config: ModelConfig, dropout: number): ModelConfig {
  return config.dropout === dropout ? config : { ...config, dropout };
}
