/** How far an embedding has come: a live line on a terminal, a plain line now and then elsewhere. */
import { numberText } from '../../explain/numbers.ts';
import type { EmbeddingProgress } from '../../graphs/method.ts';
import { duration, type Terminal } from '../output/terminal.ts';

/** Seconds before the first plain line, and between two, at first. */
const between = 2;

/** `45 %  loss 0.3121  1,230,000 tokens/s  12 s left`. */
function progressText({ done, loss, tokens }: EmbeddingProgress, seconds: number): string {
  const rate = tokens === undefined || seconds === 0 ? undefined : Math.round(tokens / seconds);
  return [
    `${Math.floor(100 * done)} %`,
    ...(loss === undefined ? [] : [`loss ${numberText(loss, 4)}`]),
    ...(rate === undefined ? [] : [`${Number(rate.toPrecision(3)).toLocaleString('en-US')} tokens/s`]),
    ...(done > 0 && done < 1 ? [`${duration(Number(((seconds * (1 - done)) / done).toPrecision(2)))} left`] : []),
  ].join('  ');
}

/** Shows progress until `end` is called. */
export function showEmbedding(terminal: Terminal): { onProgress(progress: EmbeddingProgress): void; end(): void } {
  const start = performance.now();
  let next = between;
  return {
    onProgress(progress) {
      const seconds = (performance.now() - start) / 1000;
      if (terminal.isLive) {
        const filled = Math.round(20 * progress.done);
        const bar = terminal.colors.cyan(`${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`);
        terminal.live(`${bar} ${progressText(progress, seconds)}`);
      } else if (seconds >= next) {
        terminal.say(progressText(progress, seconds));
        next = seconds * 1.5 + between;
      }
    },
    end() {
      if (terminal.isLive) terminal.settle(true);
    },
  };
}
