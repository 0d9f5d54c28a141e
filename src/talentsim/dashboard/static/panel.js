// The policies: each a slider named by lever and country, with its value in words, a mark at the baseline, and more on demand.

import {make, raw, said, shown} from './words.js';

export class Panel {
  // `change(name, fields)` and `toggle(name, on)` are called when something is let go; moving changes labels alone.
  constructor(place, {change, toggle}) {
    this.place = place;
    this.change = change;
    this.toggle = toggle;
    this.cards = new Map();
  }

  show(sliders) {
    const names = sliders.map((each) => each.name);
    for (const [name, card] of this.cards) if (!names.includes(name)) { card.element.remove(); this.cards.delete(name); }
    for (const each of sliders) {
      if (!this.cards.has(each.name)) this.cards.set(each.name, new Card(each, this));
      const card = this.cards.get(each.name);
      card.show(each);
    }
    const wanted = sliders.map((each) => this.cards.get(each.name).element);
    if (wanted.some((each, place) => this.place.children[place] !== each)) this.place.replaceChildren(...wanted);
    if (!sliders.length) this.place.replaceChildren(make('p', {className: 'quiet', textContent: 'No policy differs from the baseline yet: “Add a policy” below.'}));
  }

  complain(name, message) {
    for (const [each, card] of this.cards) card.complain(each === name ? message : '');
  }
}

class Card {
  constructor(first, panel) {
    const id = `lever-${first.name}`;
    this.panel = panel;
    this.name = first.name;
    this.on = make('input', {type: 'checkbox', id: `${id}-on`});
    this.label = make('label', {htmlFor: id});
    this.output = make('output', {htmlFor: id});
    this.range = make('input', {type: 'range', id});
    this.mark = make('span', {className: 'mark', title: 'as in the baseline'});
    this.low = make('span');
    this.high = make('span');
    this.number = make('input', {type: 'number', step: 'any'});
    this.idle = make('p', {className: 'idle', hidden: true});
    this.error = make('p', {className: 'error', hidden: true, role: 'alert'});
    this.start = make('input', {type: 'text', inputMode: 'numeric', id: `${id}-start`});
    this.end = make('input', {type: 'text', inputMode: 'numeric', id: `${id}-end`, placeholder: 'for good'});
    this.ramp = make('input', {type: 'number', min: 0, step: 'any', id: `${id}-ramp`});
    this.told = make('dl', {className: 'told'});
    this.slider = make('div', {className: 'slider'}, this.range, this.mark);
    this.element = make('section', {className: 'policy'},
      make('div', {className: 'named'}, this.on, this.label, this.output), this.slider,
      make('div', {className: 'ends'}, this.low, this.number, this.high), this.idle, this.error,
      make('details', {}, make('summary', {textContent: 'More: when, source, evidence'}),
        make('div', {className: 'more'},
          make('label', {htmlFor: this.start.id, textContent: 'Starts'}), this.start,
          make('label', {htmlFor: this.end.id, textContent: 'Ends'}), this.end,
          make('label', {htmlFor: this.ramp.id, textContent: 'Years to phase in'}), this.ramp),
        this.told));
    this.element.dataset.policy = first.name;
    this.listen();
  }

  listen() {
    const give = (fields) => this.panel.change(this.name, fields);
    this.range.addEventListener('input', () => this.say(Number(this.range.value)));
    this.range.addEventListener('change', () => give({value: Number(this.range.value)}));
    this.number.addEventListener('change', () => {
      if (this.number.value !== '') give({value: raw(Number(this.number.value), this.shown.format)});
    });
    this.on.addEventListener('change', () => this.panel.toggle(this.name, this.on.checked));
    const day = (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim() || null);
    this.start.addEventListener('change', () => give({start: day(this.start.value)}));
    this.end.addEventListener('change', () => give({end: day(this.end.value)}));
    this.ramp.addEventListener('change', () => give({ramp_years: Number(this.ramp.value)}));
  }

  say(value) {
    const {format, path} = this.shown;
    const text = path ? 'dated values' : said(value, format);
    this.output.textContent = this.on.checked ? text : `off (${text})`;
    this.range.setAttribute('aria-valuetext', text);
    if (!path && document.activeElement !== this.number) this.number.value = shown(value, format);
  }

  show(slider) {
    this.shown = slider;
    const {low, high, step, format, neutral} = slider;
    this.label.textContent = slider.label;
    this.element.title = slider.title;
    this.on.checked = slider.on;
    this.on.setAttribute('aria-label', `${slider.label}: on`);
    this.number.setAttribute('aria-label', `${slider.label}${format.behind ? `, in${format.behind}` : ', times'}`);
    Object.assign(this.range, {min: low, max: high, step});
    this.range.value = slider.value ?? low;
    this.low.textContent = said(low, format);
    this.high.textContent = said(high, format);
    const place = neutral === null ? null : (neutral - low) / (high - low);
    this.mark.hidden = place === null || place < 0 || place > 1;
    if (!this.mark.hidden) this.mark.style.left = `calc(8px + (100% - 16px) * ${place} - 1px)`;
    const cannot = slider.idle !== '';
    for (const each of [this.range, this.number]) each.disabled = cannot || !slider.on || slider.path !== null || low === high;
    this.idle.hidden = !cannot && !slider.still;
    this.idle.textContent = cannot ? `Cannot act here: ${slider.idle}` : slider.still;
    this.element.classList.toggle('off', !slider.on || cannot);
    for (const [field, value] of [[this.start, slider.start], [this.end, slider.end ?? ''], [this.ramp, slider.ramp_years]]) {
      if (document.activeElement !== field) field.value = value;
    }
    this.say(slider.value ?? low);
    this.tell(slider);
  }

  tell(slider) {
    const rows = [['What it is', slider.title], ['What it does', slider.sentence], ['In the baseline', slider.as_it_is],
      ['Range', `${said(slider.low, slider.format)} to ${said(slider.high, slider.format)}`], ['Evidence', slider.evidence]];
    if (slider.note) rows.push(['Note', slider.note]);
    const sources = slider.sources.map((each) => {
      const text = `${each.title} (${[each.publisher, each.year].filter(Boolean).join(', ')})`;
      return make('dd', {}, each.url ? make('a', {href: each.url, target: '_blank', rel: 'noreferrer noopener', textContent: text}) : text);
    });
    this.told.replaceChildren(...rows.flatMap(([term, text]) => [make('dt', {textContent: term}), make('dd', {textContent: text})]),
      make('dt', {textContent: 'Sources'}), ...(sources.length ? sources : [make('dd', {textContent: 'none'})]));
  }

  complain(message) {
    this.error.hidden = !message;
    this.error.textContent = message;
    if (message) this.element.scrollIntoView({block: 'nearest'});
  }
}
