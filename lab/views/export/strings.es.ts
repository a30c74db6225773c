// The words of the view Export, in Spanish.

import { formatCount } from '../../format.ts';
import type { exportStrings } from './strings.ts';

export const words: typeof exportStrings = {
  summary: (updates, series) =>
    `La ejecución como código, de ${formatCount(updates)} ${updates === 1 ? 'actualización' : 'actualizaciones'}, y sus números como ${formatCount(series)} tablas. La imagen de una vista se guarda debajo de esa vista.`,
  code: {
    title: 'La ejecución como código',
    kinds: { library: 'Biblioteca', command: 'Línea de órdenes', pytorch: 'PyTorch' },
    label: 'Lenguaje',
    about: {
      library:
        'Para Node, después de npm install unrolled. Hace esta misma ejecución, hasta el último bit donde calculan los mismos núcleos.',
      command:
        'Para una terminal con Node. Hace esta misma ejecución y conserva los mejores pesos según la pérdida reservada.',
      pytorch:
        'Para Python con torch. Dale el modelo que el laboratorio guardó en el paso 0, y sus pérdidas serán las del laboratorio, salvo el redondeo.',
    },
    saveText: 'Guardar text.txt',
    changed: 'Los ajustes se cambiaron durante esta ejecución; el código tiene los de ahora.',
    lacks: {
      gain: 'La línea de órdenes no tiene una opción para la escala inicial de W; usa el código de la biblioteca.',
      carry: 'La línea de órdenes siempre conserva el estado entre ventanas; usa el código de la biblioteca.',
      weights:
        'La ejecución empezó con un modelo entrenado: guárdalo en el grupo «Archivos» como model.safetensors (para la línea de órdenes, unrolled import hace de él una carpeta).',
      random: 'Sin ese modelo, PyTorch saca otros números al azar de las mismas distribuciones.',
      words: 'Las palabras de escrituras con signos combinables pueden dividirse de otra manera.',
    },
  },
  formulas: {
    title: 'Fórmulas como LaTeX',
    which: 'Fórmula',
    all: 'todas',
    passes: { forward: 'hacia delante', backward: 'hacia atrás', total: 'sumas sobre el tiempo' },
  },
  numbers: {
    title: 'Números como CSV',
    which: 'Tabla',
    save: 'Guardar CSV',
    preview: 'Las primeras filas',
    size: (rows, columns) =>
      `${formatCount(rows)} ${rows === 1 ? 'fila' : 'filas'}, ${formatCount(columns)} ${columns === 1 ? 'columna' : 'columnas'}, con todas sus cifras.`,
    groups: { run: 'La ejecución', weights: 'Pesos', window: 'La ventana del cursor' },
    names: {
      losses: 'pérdidas, normas y tasas',
      heldOut: 'pérdidas reservadas',
      decay: 'normas del gradiente ‖∂L(t)/∂h(k)‖',
      states: 'estados h',
      gradients: 'gradientes ∇h',
      predictions: 'predicciones ŷ',
      errors: 'errores L(t)',
    },
    none: 'Aún no hay nada que guardar.',
  },
  copy: 'Copiar',
  copied: 'Copiado.',
  notCopied: 'El navegador no dejó copiar a la página. Selecciona el texto en su lugar.',
  columns: ['tabla', 'filas', 'columnas'],
};
