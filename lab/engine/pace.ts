// How long the engine works at a stretch, and how often it tells of what. In milliseconds, unless it says otherwise.

export const slice = 9;
/** Of a slice, for what was asked beside the training. */
export const jobsShare = 3;
export const frameEvery = 64;
export const hiddenFrameEvery = 2000;
export const sampleEvery = 900;
export const backupEvery = 2000;
/** Bytes above which a backup is made less often. */
export const largeBackup = 16 * 2 ** 20;
/** Looks at the held-out text: at steps that these divide, and milliseconds apart, so that they cost little. */
export const heldOutSteps = 50;
export const heldOutEvery = 400;
