// The parts of Train for tasks other than text, which are loaded when one is chosen.

import type { LabTask } from '../../settings.ts';
import { ClassesPart } from './classes-part.ts';
import type { TrainPart } from './part.ts';
import { SeriesPart } from './series-part.ts';
import './tasks.css';

export const partOf = (task: Exclude<LabTask, 'text'>): TrainPart =>
  task === 'classify' ? new ClassesPart() : new SeriesPart();
