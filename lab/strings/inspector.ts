// The words of the inspector: see ../strings.ts.

export const inspectorStrings = {
  label: 'Explain this number',
  empty: 'Point at a cell or a character to see its value.',
} as const;
