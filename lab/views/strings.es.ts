// What the tabs of the views say, in Spanish.

import type { viewStrings } from './strings.ts';

export const words: typeof viewStrings = {
  train: { label: 'Entrenar' },
  data: { label: 'Datos' },
  unrolled: { label: 'Desplegada', shows: 'cómo lee' },
  debugger: { label: 'Depurador', shows: 'cada número' },
  gradients: { label: 'Flujo del gradiente', shows: 'hasta dónde aprende' },
  memory: { label: 'Memoria', shows: 'qué recuerda' },
  units: { label: 'Unidades', shows: 'qué hace cada unidad' },
  basins: { label: 'Dos cuencas' },
  generate: { label: 'Generar', shows: 'cada predicción' },
  weights: { label: 'Pesos' },
  compare: { label: 'Comparar' },
  export: { label: 'Exportar' },
};
