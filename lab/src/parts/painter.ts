/** One drawing, two outputs: what draws a plot draws on a canvas for the screen and PNG, and into a text for SVG. */

export interface Style {
  readonly fill?: string;
  readonly stroke?: string;
  /** Of the stroke, in pixels. Default: 1. */
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

export interface TextStyle {
  readonly fill: string;
  /** In pixels. Default: 12. */
  readonly size?: number;
  readonly align?: 'start' | 'middle' | 'end';
}

/** Draws in CSS pixels, from the top left corner. */
export interface Painter {
  readonly width: number;
  readonly height: number;
  /** A polyline: x and y in turn. A number that is not finite interrupts it. */
  line(points: ArrayLike<number>, style: Style): void;
  polygon(points: ArrayLike<number>, style: Style): void;
  disc(x: number, y: number, radius: number, style: Style): void;
  /** `y` is the baseline. */
  text(x: number, y: number, text: string, style: TextStyle): void;
  /** A picture, stretched; smoothed unless it is to show its pixels. */
  image(x: number, y: number, width: number, height: number, picture: HTMLCanvasElement, smooth?: boolean): void;
  /** A part of a picture, with its pixels shown. */
  part(x: number, y: number, width: number, height: number, picture: HTMLCanvasElement, of: Box): void;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const fontFamily = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';

export function canvasPainter(context: CanvasRenderingContext2D, width: number, height: number): Painter {
  const finish = ({ fill, stroke, width: lineWidth = 1, dash = [], opacity = 1 }: Style) => {
    context.globalAlpha = opacity;
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke !== undefined) {
      context.strokeStyle = stroke;
      context.lineWidth = lineWidth;
      context.setLineDash([...dash]);
      context.stroke();
    }
    context.globalAlpha = 1;
  };
  const trace = (points: ArrayLike<number>) => {
    context.beginPath();
    let isOpen = false;
    for (let i = 0; i + 1 < points.length; i += 2) {
      const [x, y] = [points[i], points[i + 1]];
      const isPoint = Number.isFinite(x) && Number.isFinite(y);
      if (isPoint && isOpen) context.lineTo(x, y);
      else if (isPoint) context.moveTo(x, y);
      isOpen = isPoint;
    }
  };
  return {
    width,
    height,
    line(points, style) {
      context.lineJoin = 'round';
      trace(points);
      finish({ ...style, fill: undefined });
    },
    polygon(points, style) {
      trace(points);
      context.closePath();
      finish(style);
    },
    disc(x, y, radius, style) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      finish(style);
    },
    text(x, y, text, { fill, size = 12, align = 'start' }) {
      context.fillStyle = fill;
      context.font = `${size}px ${fontFamily}`;
      context.textAlign = align === 'middle' ? 'center' : align;
      context.fillText(text, x, y);
    },
    image(x, y, w, h, picture, smooth = true) {
      context.imageSmoothingEnabled = smooth;
      context.drawImage(picture, x, y, w, h);
    },
    part(x, y, w, h, picture, of) {
      context.imageSmoothingEnabled = false;
      context.drawImage(picture, of.x, of.y, of.width, of.height, x, y, w, h);
    },
  };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (letter) => escapes[letter]);
const short = (value: number) => String(Math.round(100 * value) / 100);

export interface SvgPainter extends Painter {
  /** The file, with a title for screen readers. */
  file(title: string): string;
}

/** Collects an SVG file. `background`: a color, so that the file can be read on any page. */
export function svgPainter(width: number, height: number, background: string): SvgPainter {
  const parts: string[] = [];
  const attributes = ({ fill = 'none', stroke, width: lineWidth = 1, dash = [], opacity = 1 }: Style) =>
    [
      `fill="${escaped(fill)}"`,
      stroke !== undefined && `stroke="${escaped(stroke)}" stroke-width="${short(lineWidth)}" stroke-linejoin="round"`,
      dash.length > 0 && `stroke-dasharray="${dash.join(' ')}"`,
      opacity < 1 && `opacity="${short(opacity)}"`,
    ]
      .filter(Boolean)
      .join(' ');
  /** The runs of finite points. */
  const runs = (points: ArrayLike<number>): string[] => {
    const found: string[][] = [[]];
    for (let i = 0; i + 1 < points.length; i += 2) {
      if (Number.isFinite(points[i]) && Number.isFinite(points[i + 1])) {
        found[found.length - 1].push(`${short(points[i])},${short(points[i + 1])}`);
      } else found.push([]);
    }
    return found.filter((run) => run.length > 1).map((run) => run.join(' '));
  };
  const image: Painter['image'] = (x, y, w, h, picture, smooth = true) => {
    const place = `x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}"`;
    const rendering = smooth ? '' : ' image-rendering="pixelated"';
    parts.push(`<image ${place} preserveAspectRatio="none"${rendering} href="${picture.toDataURL()}"/>`);
  };
  return {
    width,
    height,
    image,
    part(x, y, w, h, picture, of) {
      const cut = document.createElement('canvas');
      cut.width = of.width;
      cut.height = of.height;
      cut.getContext('2d')!.drawImage(picture, -of.x, -of.y);
      image(x, y, w, h, cut, false);
    },
    line(points, style) {
      for (const run of runs(points)) {
        parts.push(`<polyline points="${run}" ${attributes({ ...style, fill: undefined })}/>`);
      }
    },
    polygon(points, style) {
      for (const run of runs(points)) parts.push(`<polygon points="${run}" ${attributes(style)}/>`);
    },
    disc(x, y, radius, style) {
      parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" ${attributes(style)}/>`);
    },
    text(x, y, text, { fill, size = 12, align = 'start' }) {
      const place = `x="${short(x)}" y="${short(y)}" fill="${escaped(fill)}"`;
      parts.push(
        `<text ${place} font-size="${size}" text-anchor="${align}" font-family="${escaped(fontFamily)}">${escaped(text)}</text>`,
      );
    },
    file(title) {
      const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
      const ground = `<rect width="100%" height="100%" fill="${escaped(background)}"/>`;
      return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escaped(title)}</title>${ground}${parts.join('')}</svg>\n`;
    },
  };
}
