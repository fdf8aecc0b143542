/** The computation with a place that reads another number, or its own number with the opposite sign. */
import type { NumberSource, Place, Trial } from './slip.ts';
import type { Workings } from './workings.ts';

export class Misreading {
  private readonly workings: Workings;

  constructor(workings: Workings) {
    this.workings = workings;
  }

  /** Tries one number after another at a place. */
  replacing(place: Place): {
    readonly trial: Omit<Trial, 'slip'>;
    readonly use: (source: NumberSource) => void;
  } {
    const { workings } = this;
    let used: NumberSource = { value: 0, cells: [] };
    let moving: number | undefined;
    return {
      use: (source) => {
        used = source;
        const [cell] = source.cells;
        moving = place.repeated ? cell : undefined;
      },
      trial: this.using(place, (by, now) => {
        const shift = moving === undefined ? 0 : place.later.get(by)!;
        if (moving === undefined || shift === 0) return used.value;
        const other = workings.at(moving, workings.cells[moving].time + shift);
        if (other === undefined) return used.value;
        return other < by ? now[other] : workings.values[other];
      }),
    };
  }

  /** A place with another number used there. */
  replaced(place: Place, source: NumberSource): Trial {
    const { trial, use } = this.replacing(place);
    use(source);
    return { ...trial, slip: { ...this.described(place), kind: 'number', used: source.value, source } };
  }

  /** A place with the opposite sign of the number that it reads. */
  negated(place: Place): Trial {
    const { workings } = this;
    return {
      slip: { ...this.described(place), kind: 'sign', used: -workings.values[place.of] },
      ...this.using(place, (by, now) => -this.readAt(place, by, now)),
    };
  }

  /** A place that reads its number with the decimal point shifted to the right. */
  shifted(place: Place, shift: number): Trial {
    const { workings } = this;
    const scale = (value: number) => (shift >= 0 ? value * 10 ** shift : value / 10 ** -shift);
    return {
      slip: { ...this.described(place), kind: 'decimal', used: scale(workings.values[place.of]), shift },
      ...this.using(place, (by, now) => scale(this.readAt(place, by, now))),
    };
  }

  /** The number that is read at a place. */
  private readAt(place: Place, by: number, now: Float64Array): number {
    const { workings } = this;
    const [position] = place.cells.get(by)!;
    if (position === undefined) return workings.compute(by, now);
    const { terms, from } = workings.cells[by];
    const read = place.within ? workings.written.get(by)!.args : (terms ?? from);
    return now[read[position]];
  }

  private described(place: Place) {
    return { extent: place.extent, of: place.of, in: [...place.cells.keys()], repeated: place.repeated };
  }

  private using(place: Place, used: (by: number, now: Float64Array) => number): Omit<Trial, 'slip'> {
    const { workings } = this;
    return {
      cells: [...place.cells.keys()],
      value: (by, now) => {
        const positions = place.cells.get(by)!;
        const value = used(by, now);
        if (positions.length === 0) return value;
        return place.within
          ? workings.computeWithin(by, now, positions[0], value)
          : workings.computeWith(by, now, positions, value);
      },
    };
  }
}
