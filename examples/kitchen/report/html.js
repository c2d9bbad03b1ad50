// A tagged template that makes HTML: what is inserted is escaped, unless it is itself made by the template.

/** Text that is HTML already. */
export class Html {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function insert(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(insert).join('');
  if (value === undefined || value === null || value === false) return '';
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** @returns {Html} */
export function html(strings, ...values) {
  return new Html(String.raw({ raw: strings }, ...values.map(insert)));
}

/** Text taken as HTML: for what is known to be safe, such as a style sheet. */
export function raw(text) {
  return new Html(text);
}

/** A table; columns whose name starts with `#` hold numbers. */
export function table(columns, rows) {
  const numeric = columns.map((name) => name.startsWith('#'));
  const cell = (value, i) => html`<td${numeric[i] ? raw(' class="number"') : ''}>${value}</td>`;
  const head = (name, i) =>
    html`<th${numeric[i] ? raw(' class="number"') : ''}>${name.replace('#', '')}</th>`;
  return html`<div class="scroll"><table>
<thead><tr>${columns.map(head)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>`;
}
