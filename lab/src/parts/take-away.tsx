/** Two small buttons that save a plot as a file: PNG, at twice the size of the screen, or SVG. */
import { canvasPainter, type Painter, svgPainter } from './painter.ts';
import { palette } from './palette.ts';
import './plot.css';

export interface TakeAwayProps {
  /** The name of the file, without its ending. */
  readonly name: string;
  /** The title of the picture. */
  readonly label: string;
  /** Width and height, in pixels. */
  readonly size: () => readonly [number, number];
  readonly draw: (painter: Painter) => void;
}

export function TakeAway(props: TakeAwayProps) {
  const svg = () => {
    const painter = svgPainter(...props.size(), palette().panel);
    props.draw(painter);
    save(`${props.name}.svg`, new Blob([painter.file(props.label)], { type: 'image/svg+xml' }));
  };
  const png = () => {
    const [width, height] = props.size();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    const context = canvas.getContext('2d')!;
    context.scale(2, 2);
    context.fillStyle = palette().panel;
    context.fillRect(0, 0, width, height);
    props.draw(canvasPainter(context, width, height));
    canvas.toBlob((blob) => blob !== null && save(`${props.name}.png`, blob), 'image/png');
  };
  return (
    <div class="take-away">
      <button type="button" class="plain" aria-label={`Save as PNG: ${props.name}`} onClick={png}>
        PNG
      </button>
      <button type="button" class="plain" aria-label={`Save as SVG: ${props.name}`} onClick={svg}>
        SVG
      </button>
    </div>
  );
}

/** Gives a file to the person. */
export function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
