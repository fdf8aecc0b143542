/** What lies over the network's drawing: a button on each unit, and the bar under a column. */
import { limits } from './config.ts';

interface TileButtonProps {
  readonly tile: { readonly x: number; readonly y: number; readonly size: number };
  readonly label: string;
  readonly isSelected: boolean;
  onSelect(isSelected: boolean): void;
}

/** Shows a unit large. */
export function TileButton(props: TileButtonProps) {
  return (
    <button
      type="button"
      class="playground-tile"
      aria-label={`${props.label}. Show it in the plot.`}
      aria-pressed={props.isSelected}
      style={{
        left: `${props.tile.x}px`,
        top: `${props.tile.y}px`,
        width: `${props.tile.size}px`,
        height: `${props.tile.size}px`,
      }}
      onClick={() => props.onSelect(!props.isSelected)}
    />
  );
}

interface HandleProps {
  readonly label: string;
  readonly units: number;
  /** Pixels of a unit. */
  readonly pitch: number;
  readonly place: { readonly x: number; readonly y: number };
  onResize(count: number): void;
}

/** The bar under a column: dragged down, the layer gets more units. */
export function Handle(props: HandleProps) {
  let from: { readonly y: number; readonly units: number } | undefined;
  const keys: Readonly<Record<string, (n: number) => number>> = {
    ArrowUp: (n) => n + 1,
    ArrowRight: (n) => n + 1,
    ArrowDown: (n) => n - 1,
    ArrowLeft: (n) => n - 1,
    PageUp: (n) => n + 8,
    PageDown: (n) => n - 8,
    Home: () => 1,
    End: () => limits.units,
  };
  return (
    <div
      class="playground-handle"
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-valuemin={1}
      aria-valuemax={limits.units}
      aria-valuenow={props.units}
      style={{ left: `${props.place.x}px`, top: `${props.place.y}px` }}
      onPointerDown={(event) => {
        from = { y: event.clientY, units: props.units };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (from !== undefined) props.onResize(from.units + (2 * (event.clientY - from.y)) / props.pitch);
      }}
      onPointerUp={() => {
        from = undefined;
      }}
      onPointerCancel={() => {
        from = undefined;
      }}
      onKeyDown={(event) => {
        const next = keys[event.key];
        if (next === undefined) return;
        event.preventDefault();
        props.onResize(next(props.units));
      }}
    />
  );
}
