// "What it depends on": how well the policies' figures are known, and the answer under other structures of the model, asked one after another.

import {json} from './run.js';
import {find, make, trueMinus} from './words.js';

export class Hangs {
  constructor(place) {
    this.place = place;
    this.found = new Map();
    this.button = make('button', {type: 'button', textContent: 'Try other assumptions of the model'});
    this.button.addEventListener('click', () => this.ask());
  }

  describe(described, run) {
    this.described = described;
    this.run = run;
    this.found.clear();
    this.button.disabled = false;
    this.draw();
  }

  look(codes, from, focus, year) {
    this.at = {place: codes.indexOf(focus), row: year - from};
    if (this.found.size) this.draw();
  }

  async ask() {
    const run = this.run;
    this.button.disabled = true;
    for (const [name, title] of [[null, 'As it is'], ...Object.entries(this.described.structures)]) {
      if (run !== this.run) return;
      this.found.set(name, {title, text: 'asked …'});
      this.draw();
      const answer = await json(`/api/runs/${run.id}/under`, {structure: name}).catch((error) => ({error: error.message.split('\n')[0] || 'the server has gone'}));
      if (run !== this.run) return;
      this.found.set(name, {title, ...answer});
      this.draw();
    }
  }

  draw() {
    const policies = this.described.sliders.filter((each) => each.on && !each.idle).map((each) => make('tr', {}, make('td', {textContent: each.label}),
      make('td', {textContent: each.note || each.title}), make('td', {}, make('span', {className: 'grade', textContent: each.evidence}))));
    const rows = [...this.found.values()].map((each) => make('tr', {}, make('td', {textContent: each.title}),
      make('td', {textContent: each.text ?? each.error ?? `${trueMinus(each.words[this.at.row][this.at.place])} points`})));
    const table = (caption, body) => make('table', {className: 'hangs'}, make('caption', {textContent: caption}), make('tbody', {}, ...body));
    const people = [...this.found.values()].find((each) => each.people)?.people ?? '…';
    this.place.replaceChildren(
      ...(this.described.stands_for ? [make('p', {className: 'reading', textContent: `Stands for: ${this.described.stands_for}`})] : []),
      table('The policies, and how well their figures are known', policies),
      ...(rows.length ? [table(`${find('focus').selectedOptions[0]?.textContent ?? ''}, ${find('year').value}, one pair of runs: ${people[0].toLowerCase()}${people.slice(1)}`, rows)] : []),
      ...(Object.keys(this.described.structures).length ? [this.button] : []),
      make('p', {className: 'reading', textContent: 'The interval above is of chance'
        + `${this.described.draws ? ' and of the calibrated figures' : ' alone'}. “Full comparison” runs all of it with every researcher, and its report lists every figure with its source.`}));
  }
}
