/** The places that are drawn: on the way to those of the newest frame, so that a few frames a second make a steady motion. */
import type { Points } from './camera.ts';

/** Milliseconds in which the distance to the newest places shrinks to a third. */
const time = 70;
/** Units of the map below which a node has arrived. */
const near = 2e-4;

export class Motion {
  private current: Points | undefined;
  private target: Points | undefined;

  get points(): Points | undefined {
    return this.current;
  }

  /** The newest places. Without motion, or for another graph, nodes are there at once. */
  to(target: Points, isStill: boolean): void {
    this.target = target;
    if (isStill || this.current?.x.length !== target.x.length) {
      this.current = { x: target.x.slice(), y: target.y.slice() };
    }
  }

  clear(): void {
    this.current = undefined;
    this.target = undefined;
  }

  /** Moves all nodes; false once all of them have arrived. */
  step(milliseconds: number): boolean {
    const { current, target } = this;
    if (current === undefined || target === undefined) return false;
    const share = 1 - Math.exp(-milliseconds / time);
    let farthest = 0;
    for (let i = 0; i < target.x.length; i++) {
      const dx = target.x[i] - current.x[i];
      const dy = target.y[i] - current.y[i];
      farthest = Math.max(farthest, Math.abs(dx), Math.abs(dy));
      current.x[i] += share * dx;
      current.y[i] += share * dy;
    }
    if (farthest >= near) return true;
    current.x.set(target.x);
    current.y.set(target.y);
    return false;
  }
}
