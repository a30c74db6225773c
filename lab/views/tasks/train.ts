// The parts of Train for tasks other than text, which are loaded when one is chosen.

import type { LabTask } from '../../settings.ts';
import type { TrainPart } from '../train/part.ts';
import { ClassesPart } from './classes-part.ts';
import { SeriesPart } from './series-part.ts';
import './train.css';

export const partOf = (task: Exclude<LabTask, 'text'>): TrainPart =>
  task === 'classify' ? new ClassesPart() : new SeriesPart();
