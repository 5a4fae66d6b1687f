/** Tones made on the spot: no file to load, nothing to be missing when it matters. */
type Tone = { hz: number; at: number; for: number };

/** Red: three pairs, high and low; orange: one rising pair. Seconds. */
export const TUNES: Record<"red" | "orange", Tone[]> = {
  red: [0, 0.55, 1.1].flatMap((at) => [
    { hz: 988, at, for: 0.2 },
    { hz: 740, at: at + 0.22, for: 0.2 },
  ]),
  orange: [
    { hz: 659, at: 0, for: 0.22 },
    { hz: 880, at: 0.26, for: 0.3 },
  ],
};

/** Plays a tune; the context must run already. */
export function play(context: AudioContext, tune: Tone[]): void {
  const start = context.currentTime + 0.02;
  for (const tone of tune) {
    const source = context.createOscillator();
    const volume = context.createGain();
    source.frequency.value = tone.hz;
    source.type = "triangle";
    shape(volume.gain, start + tone.at, tone.for);
    source.connect(volume).connect(context.destination);
    source.start(start + tone.at);
    source.stop(start + tone.at + tone.for);
  }
}

/** Soft edges, so that no tone clicks. */
function shape(gain: AudioParam, at: number, length: number): void {
  gain.setValueAtTime(0, at);
  gain.linearRampToValueAtTime(0.5, at + 0.015);
  gain.setValueAtTime(0.5, at + length - 0.03);
  gain.linearRampToValueAtTime(0, at + length);
}
