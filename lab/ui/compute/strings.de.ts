// The German words of the switch between CPU and GPU.

import { formatCount, formatShort } from '../../format.ts';
import type { computeStrings } from './strings.ts';

export const words: typeof computeStrings = {
  title: 'Rechnen auf',
  cpu: 'CPU',
  gpu: 'GPU',
  measuring: 'Beide werden gemessen.',
  lost: (why, step) => `webgpu: ${why}; das Training läuft auf der CPU weiter, ab Schritt ${formatCount(step)}`,
  speeds: (device, speeds) =>
    speeds
      ? `${device}: ${formatShort(speeds.gpu)} Tokens/s, die CPU ${formatShort(speeds.cpu)}. Für dieses Netz ist die ${speeds.gpu > speeds.cpu ? 'GPU' : 'CPU'} schneller. Einzelne und langsame Schritte rechnet die CPU.`
      : `${device}. Einzelne und langsame Schritte rechnet die CPU.`,
};
