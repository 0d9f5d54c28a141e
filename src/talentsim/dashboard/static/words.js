// Text: how values are said, and the few helpers that put text into the page. Text is always text, never markup.

const plain = new Intl.NumberFormat('en-US', {maximumFractionDigits: 3});

export function shown(value, format) {
  return Number((value * format.scale).toPrecision(10));
}

export function raw(value, format) {
  return Number((value / format.scale).toPrecision(10));
}

export function said(value, format) {
  const number = shown(value, format);
  const size = plain.format(Math.abs(number));
  const sign = number < 0 ? '−' : format.signed && number > 0 ? '+' : '';
  const behind = number === 1 && format.behind === ' years' ? ' year' : format.behind;
  return `${format.before}${sign}${size}${behind}`;
}

export function signed(value, places = 2) {
  const text = Math.abs(value).toFixed(places);
  return Number(text) === 0 ? text : (value < 0 ? '−' : '+') + text;
}

export function trueMinus(text) {
  return text.replace(/^-(?=\d)/, '−').replaceAll(' -', ' −');
}

export const find = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made && name !== 'list') made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((each) => each !== null && each !== undefined));
  return made;
}

export function named(names) {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function options(select, choices, chosen) {
  select.replaceChildren(...choices.map(({value, text}) => make('option', {value, textContent: text, selected: value === chosen})));
}
