// The watermark: a hand and the word "manyhands", drawn from lines and arcs by their distance to each pixel.

const turn = Math.PI * 2;
const line = (...points) => points;

/** Points on an arc; angles in turns, clockwise from the right because y grows downwards. */
function arc(x, y, radius, from, to) {
  const steps = Math.max(4, Math.ceil(Math.abs(to - from) * 24));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = (from + ((to - from) * i) / steps) * turn;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** An arch of that width from the left foot, on a stem. */
const arch = (x, width) => [...arc(x + width / 2, width / 2, width / 2, 0.5, 1), [x + width, 1]];
const bowl = arc(0.5, 0.5, 0.5, 0, 1);

/** Letters of height 1 on the line y = 1: their strokes, and how far the next one stands. */
const LETTERS = {
  m: { strokes: [line([0, 0], [0, 1]), arch(0, 0.76), arch(0.76, 0.76)], advance: 2 },
  a: { strokes: [bowl, line([1, 0], [1, 1])], advance: 1.46 },
  n: { strokes: [line([0, 0], [0, 1]), arch(0, 0.88)], advance: 1.34 },
  y: { strokes: [line([0, 0], [0.44, 1]), line([0.88, 0], [0.26, 1.46])], advance: 1.34 },
  h: { strokes: [line([0, -0.6], [0, 1]), arch(0, 0.88)], advance: 1.34 },
  d: { strokes: [bowl, line([1, -0.6], [1, 1])], advance: 1.46 },
  s: {
    strokes: [[...arc(0.36, 0.25, 0.25, -0.08, -0.75), ...arc(0.36, 0.75, 0.25, -0.25, 0.42)]],
    advance: 1.1,
  },
};

/** A hand: five fingers around a palm. */
const HAND = [
  line([0.62, 1], [0.06, 0.36]),
  line([0.78, 0.84], [0.56, -0.3]),
  line([0.96, 0.82], [0.98, -0.56]),
  line([1.14, 0.84], [1.38, -0.34]),
  line([1.28, 0.92], [1.72, 0.12]),
];
const PALM = [line([0.84, 1.02], [1.1, 1.02]), line([0.9, 1.14], [1.06, 1.14])];

/** Distance of a point from a stroke. */
function distance(x, y, stroke) {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [ax, ay] = stroke[i];
    const dx = stroke[i + 1][0] - ax;
    const dy = stroke[i + 1][1] - ay;
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    least = Math.min(least, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return least;
}

/**
 * Draws the mark: white, with a soft shadow that keeps it readable on snow.
 *
 * @param {number} size height of a small letter, in pixels
 * @returns {import('./codec.js').Image}
 */
export function drawMark(size) {
  const shapes = [
    ...HAND.map((stroke) => ({ stroke, radius: 0.115, x: 0 })),
    ...PALM.map((stroke) => ({ stroke, radius: 0.3, x: 0 })),
  ];
  let x = 2.3;
  for (const letter of 'manyhands') {
    for (const stroke of LETTERS[letter].strokes) shapes.push({ stroke, radius: 0.085, x });
    x += LETTERS[letter].advance;
  }
  const margin = 0.5;
  const width = Math.ceil((x + 2 * margin) * size);
  const height = Math.ceil((2.2 + 2 * margin) * size);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const px = (column + 0.5) / size - margin;
      const py = (row + 0.5) / size - margin - 0.68;
      let edge = Number.POSITIVE_INFINITY;
      for (const { stroke, radius, x: left } of shapes) {
        edge = Math.min(edge, distance(px - left, py, stroke) - radius);
      }
      const ink = Math.max(0, Math.min(1, 0.5 - edge * size));
      const shadow = 0.45 * Math.max(0, 1 - Math.max(0, edge) / 0.4) ** 2;
      const alpha = ink + shadow * (1 - ink);
      const grey = alpha === 0 ? 0 : (255 * ink) / alpha;
      data.set([grey, grey, grey, 255 * alpha], 4 * (row * width + column));
    }
  }
  return { data, width, height };
}
