// Twenty places on Earth, each seen by day and by night: the forty pictures.

/** Name, degrees east and north of the middle, and how many degrees wide the picture is. */
const PLACES = [
  ['Europe', 14, 49, 56],
  ['Italy', 12.5, 42, 24],
  ['British Isles', -4, 54.5, 24],
  ['Scandinavia', 17, 63, 40],
  ['Iberia', -4, 40, 24],
  ['Nile', 31, 25, 32],
  ['Sahara', 8, 22, 60],
  ['Great Rift Valley', 36, -2, 36],
  ['Cape', 25, -28, 32],
  ['Madagascar', 46, -19, 28],
  ['Arabia', 48, 23, 36],
  ['India', 79, 20, 40],
  ['Himalaya', 86, 31, 36],
  ['Japan', 136, 37, 30],
  ['Indonesia', 116, -2, 56],
  ['Australia', 134, -26, 56],
  ['North America', -98, 42, 84],
  ['Florida', -82, 28, 24],
  ['Amazon', -60, -8, 60],
  ['Andes', -69, -30, 48],
];

/** Height of a picture by its width. */
const ASPECT = 600 / 800;

/** The shots, place by place, the day's before the night's. */
export const SHOTS = PLACES.flatMap(([name, east, north, degrees]) =>
  ['day', 'night'].map((time) => ({ name: `${name} by ${time}`, time, east, north, degrees })),
).map((shot, index) => ({ ...shot, index, file: fileName(index, shot.name) }));

function fileName(index, name) {
  return `${String(index + 1).padStart(2, '0')}-${name.toLowerCase().replaceAll(' by ', '-').replaceAll(' ', '-')}.jpg`;
}

/** The box of a shot on an equirectangular picture of the whole Earth, moved inside where it would stick out. */
export function boxOf({ east, north, degrees }, { width, height }) {
  const boxWidth = Math.max(1, Math.round((degrees / 360) * width));
  const boxHeight = Math.max(1, Math.min(height, Math.round(boxWidth * ASPECT)));
  const inside = (middle, size, room) => Math.round(Math.max(0, Math.min(room - size, middle - size / 2)));
  return {
    x: inside(((east + 180) / 360) * width, boxWidth, width),
    y: inside(((90 - north) / 180) * height, boxHeight, height),
    width: boxWidth,
    height: boxHeight,
  };
}
