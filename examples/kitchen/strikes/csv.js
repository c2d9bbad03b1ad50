// Comma-separated values as RFC 4180 has them: a quoted field may hold commas, line ends and doubled quotes.

const QUOTE = 34;
const COMMA = 44;
const LINE_FEED = 10;
const RETURN = 13;

/**
 * The records of a text, each an array of fields. Blank lines are skipped.
 *
 * @param {string} text
 * @param {number} [firstLine] the number of the text's first line
 * @returns {{ records: string[][], lines: Uint32Array }} with the line that each record starts in
 * @throws {RangeError} if a quote is never closed
 */
export function parseCsv(text, firstLine = 1) {
  const records = [];
  const lines = [];
  let line = firstLine;
  let at = 0;
  while (at < text.length) {
    const record = [];
    const startLine = line;
    let more = true;
    while (more) {
      let field;
      if (text.charCodeAt(at) === QUOTE) {
        const end = closingQuote(text, at + 1);
        if (end < 0) throw new RangeError(`Cannot find the end of the quote that starts in line ${line}`);
        field = text.slice(at + 1, end).replaceAll('""', '"');
        line += countLines(text, at, end);
        at = end + 1;
      }
      const from = at;
      at = endOfField(text, at);
      field = (field ?? '') + text.slice(from, at);
      record.push(field);
      more = text.charCodeAt(at) === COMMA;
      if (more) at++;
    }
    if (text.charCodeAt(at) === RETURN) at++;
    if (text.charCodeAt(at) === LINE_FEED) at++;
    line++;
    if (record.length === 1 && record[0] === '') continue;
    records.push(record);
    lines.push(startLine);
  }
  return { records, lines: Uint32Array.from(lines) };
}

function endOfField(text, from) {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === LINE_FEED) break;
    if (code === RETURN && text.charCodeAt(at + 1) === LINE_FEED) break;
  }
  return at;
}

/** Where the quote opened before `from` is closed; -1 if nowhere. */
function closingQuote(text, from) {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
  return -1;
}

function countLines(text, from, to) {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/**
 * Cuts the bytes of a text into chunks of whole records: at line ends outside of quotes.
 *
 * @param {Uint8Array} bytes
 * @param {number} linesEach how many lines a chunk has
 * @param {{ end: number, nextLine: number }} [after] where to begin: behind this chunk
 * @returns {{ begin: number, end: number, line: number, nextLine: number }[]} with the number of each chunk's first
 * line, and of the line that follows it
 */
export function cutRecords(bytes, linesEach, after = { end: 0, nextLine: 1 }) {
  const chunks = [];
  let quoted = false;
  let fieldStarts = true;
  let begin = after.end;
  let line = after.nextLine;
  let firstLine = line;
  for (let at = begin; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      if (!quoted) quoted = fieldStarts;
      else if (bytes[at + 1] === QUOTE) at++;
      else quoted = false;
    }
    fieldStarts = byte === COMMA || byte === LINE_FEED;
    if (byte !== LINE_FEED) continue;
    line++;
    if (quoted || line - firstLine < linesEach) continue;
    chunks.push({ begin, end: at + 1, line: firstLine, nextLine: line });
    begin = at + 1;
    firstLine = line;
  }
  if (begin < bytes.length) chunks.push({ begin, end: bytes.length, line: firstLine, nextLine: line + 1 });
  return chunks;
}
