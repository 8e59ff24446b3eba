/** A small drawing of how a family of strategies trades: price, where it buys, where it sells. */

interface Drawing {
  readonly price: string;
  readonly levels: readonly { readonly y: number; readonly side: 'buy' | 'sell' }[];
  readonly marks: readonly { readonly x: number; readonly y: number; readonly side: 'buy' | 'sell' }[];
  readonly extra?: string;
}

const gridDrawing: Drawing = {
  price:
    'M0 52 C18 30 28 24 42 40 S66 82 84 66 S108 20 126 30 S150 74 170 64 S196 26 214 38 S240 70 258 58 S282 34 300 44',
  levels: [
    { y: 22, side: 'sell' },
    { y: 34, side: 'sell' },
    { y: 46, side: 'sell' },
    { y: 58, side: 'buy' },
    { y: 70, side: 'buy' },
    { y: 82, side: 'buy' },
  ],
  marks: [
    { x: 62, y: 70, side: 'buy' },
    { x: 106, y: 34, side: 'sell' },
    { x: 153, y: 70, side: 'buy' },
    { x: 203, y: 34, side: 'sell' },
    { x: 246, y: 64, side: 'buy' },
  ],
};
const dcaDrawing: Drawing = {
  price: 'M0 22 C20 18 34 30 52 36 S84 44 100 58 S140 86 164 84 S200 70 222 52 S270 30 300 26',
  levels: [
    { y: 36, side: 'buy' },
    { y: 50, side: 'buy' },
    { y: 68, side: 'buy' },
    { y: 86, side: 'buy' },
    { y: 46, side: 'sell' },
  ],
  marks: [
    { x: 52, y: 36, side: 'buy' },
    { x: 92, y: 50, side: 'buy' },
    { x: 120, y: 68, side: 'buy' },
    { x: 230, y: 46, side: 'sell' },
  ],
};
const trendDrawing: Drawing = {
  price: 'M0 66 C20 74 36 80 54 74 S86 46 106 40 S140 30 160 24 S196 26 212 40 S246 74 264 80 S288 86 300 84',
  levels: [],
  marks: [
    { x: 92, y: 48, side: 'buy' },
    { x: 226, y: 52, side: 'sell' },
  ],
  extra: 'M0 58 C40 66 60 72 90 60 S150 40 190 36 S250 58 300 74',
};

function drawingOf(family: string): Drawing {
  if (family === 'grid') return gridDrawing;
  if (family === 'dca') return dcaDrawing;
  return trendDrawing;
}

export function StrategyPicture({ family }: { readonly family: string }) {
  const { price, levels, marks, extra } = drawingOf(family);
  return (
    <svg viewBox="0 0 300 104" className="block h-26 w-full" preserveAspectRatio="none" aria-hidden="true">
      {levels.map(({ y, side }) => (
        <line
          key={y}
          x1="0"
          x2="300"
          y1={y}
          y2={y}
          stroke={`var(--${side === 'buy' ? 'up' : 'down'})`}
          strokeOpacity="0.45"
          strokeDasharray="4 4"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {extra === undefined ? null : (
        <path
          d={extra}
          fill="none"
          stroke="var(--warn)"
          strokeWidth="1.4"
          vectorEffect="non-scaling-stroke"
        />
      )}
      <path d={price} fill="none" stroke="var(--muted)" strokeWidth="1.6" vectorEffect="non-scaling-stroke" />
      {marks.map(({ x, y, side }) => (
        <circle key={x} cx={x} cy={y} r="3.4" fill={`var(--${side === 'buy' ? 'up' : 'down'})`} />
      ))}
    </svg>
  );
}
