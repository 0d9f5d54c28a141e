// What an answer looks like: headline, lines, map, and the pictures of one country and year.

import * as charts from './charts.js';
import {WorldMap} from './map.js';
import {find, make, named, trueMinus} from './words.js';

const the = (name) => (/^(United |Rest of)|^Netherlands$/.test(name) ? `the ${name}` : name);
const N_LINES = 6;
const SHOWN = 'work_share';

export class Shown {
  constructor({choose}) {
    this.map = new WorldMap(find('map'), {choose});
    this.numbers = null;        // the last answer in full
    this.growing = null;        // a preview on its way
    this.view = null;
    this.kept = null;
    this.drawn = new Map();     // what each picture was last made of
  }

  world(offer, atlas) {
    this.offer = offer;
    this.countries = new Map(offer.countries.map((each) => [each.code, each]));
    this.groups = new Map(offer.groups.map((each) => [each.code, each]));
    this.numbers = this.growing = this.view = null;
    this.drawn.clear();
    this.map.draw(atlas);
    for (const id of ['lines', 'diverted', 'stay', 'paths']) charts.say(find(id), 'No answer yet');
  }

  // A country, a region, or several countries with + between them.
  members(code) { return this.countries.has(code) ? [code] : this.groups.get(code)?.members ?? code.split('+'); }

  name(code) {
    const known = this.countries.get(code) ?? this.groups.get(code);
    return known?.name ?? (code.includes('+') ? named(code.split('+').map((each) => this.name(each))) : code);
  }

  colour(code) { return this.countries.get(code)?.colour ?? '#777777'; }

  // Whether the numbers at hand say something of it.
  knows(code) { return [this.numbers, this.growing].every((each) => !each || each.codes.includes(code)); }

  preview(told) {
    const empty = () => told.years.map(() => told.codes.map(() => null));
    if (!this.growing) this.growing = {...told, before: empty(), after: empty(), texts: {}};
    const at = told.years.indexOf(told.year);
    this.growing.before[at] = told.baseline;
    this.growing.after[at] = told.scenario;
    this.growing.texts[told.year] = told.words;
    this.growing.codes = told.codes;
  }

  answer(numbers) {
    this.growing = null;
    this.numbers = numbers;
  }

  // Everything that needs only numbers that are here already. What would look as it does already is left as it is.
  draw(focus, year) {
    this.drawHeadline(focus, year);
    this.drawLines(focus, year);
    if (this.isNew('map', this.numbers, focus, year)) this.drawMap(focus, year);
    this.drawView(focus, year);
  }

  // The same in other colours.
  repaint(focus, year) {
    this.drawn.clear();
    this.draw(focus, year);
  }

  isNew(place, ...what) {
    const before = this.drawn.get(place);
    this.drawn.set(place, what);
    return !before || what.some((each, at) => each !== before[at]);
  }

  column(table, code, codes) { return table.map((row) => row[codes.indexOf(code)]); }

  drawHeadline(focus, year) {
    const name = this.name(focus);
    const preview = this.growing?.texts[year]?.[this.growing.codes.indexOf(focus)];
    const full = this.numbers && this.knows(focus) && this.numbers.outcomes[SHOWN].words[year - this.numbers.years[0]][this.numbers.codes.indexOf(focus)];
    const words = preview ?? full;
    if (!words) { find('headline').textContent = `${name}: no answer yet`; find('interval').textContent = ' '; return; }
    const [before, after, difference, interval] = words.map(trueMinus);
    find('headline').textContent = `${name}: ${difference} points of the world's works in ${year}`;
    const sure = preview ? (this.growing.of_all ? 'A preview: one pair of runs' : 'A preview from a sample of the people') : interval === '-' ? 'One pair of runs gives no interval'
      : `${this.numbers.interval} ${interval}, over ${this.numbers.pairs} ${this.numbers.kind}`;
    const medians = !preview && this.numbers.pairs > 1 && this.numbers.medians ? ' Each figure is a median of its own: the first two need not differ by exactly the third.' : '';
    find('interval').textContent = `${before} % in the baseline, ${after} % in the scenario. ${sure}.${medians}`;
    find('headline').dataset.value = words[2];
    find('headline').dataset.interval = words[3];
  }

  shownCountries(focus, year) {
    const {codes, years, outcomes} = this.numbers ?? {codes: this.growing.codes, years: this.growing.years, outcomes: null};
    const members = this.members(focus);
    const at = years.indexOf(year);
    const size = (code) => {
      const place = codes.indexOf(code);
      if (outcomes) return Math.abs(outcomes[SHOWN].difference[at][place]);
      return this.growing.after.reduce((most, row) => Math.max(most, row[place] ?? 0), 0);
    };
    const others = codes.filter((code) => this.countries.has(code) && !members.includes(code)).sort((one, other) => size(other) - size(one));
    return [focus, ...others.slice(0, N_LINES - 1)];
  }

  drawLines(focus, year) {
    if ((!this.numbers && !this.growing) || !this.knows(focus)) return;
    const {years, codes, start} = this.growing ?? this.numbers;
    const full = this.numbers?.outcomes[SHOWN];
    const at = years.indexOf(year);
    const series = this.shownCountries(focus, year).map((code) => {
      const place = codes.indexOf(code);
      let baseline = full ? this.column(full.baseline, code, codes) : this.column(this.growing.before, code, codes);
      let scenario = full && !this.growing ? this.column(full.scenario, code, codes) : null;
      if (this.growing) {
        scenario = this.column(this.growing.after, code, codes);
        const from = scenario.findIndex((value) => value !== null);
        if (full) scenario = scenario.map((value, when) => (when < from || from < 0 ? full.baseline[when][place] : value));
      }
      const words = this.growing?.texts[year]?.[place]?.[2] ?? full?.words[at][place][2] ?? '';
      const band = full && !this.growing && this.numbers.pairs > 1 ? full.band.map((edge) => this.column(edge, code, codes)) : null;
      const kept = this.kept && code === focus && this.kept.years.join() === years.join() ? this.column(this.kept.outcomes[SHOWN].scenario, code, this.kept.codes) : null;
      return {code, name: this.name(code), colour: this.colour(code), baseline, scenario, band, words, kept};
    });
    charts.lines(find('lines'), {years, series, start, year, focus});
    find('lines-title').textContent = `Research works made in each country, % of the world's. Dashed: baseline. Solid: scenario${
      series.some((each) => each.band) ? '; band: middle 90 % of runs' : ''}${series.some((each) => each.kept) ? '. Dotted: kept' : ''}.`;
  }

  drawMap(focus, year) {
    if (!this.numbers) return;
    const {codes, outcomes, years} = this.numbers;
    const at = years.indexOf(year);
    const {difference, low, high, words} = outcomes[SHOWN];
    const rows = Object.fromEntries([...codes.entries()].filter(([, code]) => this.countries.has(code)).map(([place, code]) => [code, {
      name: this.name(code), difference: difference[at][place], words: words[at][place][2],
      clear: low[at][place] === null ? difference[at][place] !== 0 : low[at][place] > 0 || high[at][place] < 0}]));
    this.map.show(rows, this.members(focus), find('map-scale'));
    find('map-title').textContent = `Difference in the share of the world's works, ${year}. ${charts.lossName()} loses, teal gains; click a country, or press Enter on it, to look at it.`;
  }

  drawView(focus, year) {
    const view = this.view?.focus === focus && this.view?.year === year ? this.view : null;
    for (const id of ['diverted-panel', 'stay-panel', 'paths-panel']) find(id).style.opacity = view ? '' : '.45';
    if (!view) return;
    this.drawReadings(view);
    if (this.isNew('view', view)) this.drawPictures(view, focus, year);
  }

  drawReadings(view) {
    const isCurrent = !this.growing && view.pairs === this.numbers?.pairs;
    for (const [id, key] of [['lines', 'over_time'], ['map', 'gains'], ['diverted', 'diverted'], ['stay', 'stayed'], ['paths', 'works']]) {
      find(`${id}-reading`).textContent = isCurrent || id === 'diverted' || id === 'stay' ? view.said[key] ?? '' : '';
    }
  }

  drawPictures(view, focus, year) {
    const name = the(this.name(focus));
    const pairs = view.lives === 1 ? 'one pair of runs' : `mean of ${view.lives < view.pairs ? 'the first ' : ''}${view.lives} pairs of runs`;
    const names = (code) => this.name(code);
    find('diverted-title').textContent = `Who is diverted where: people in ${name} in one world and elsewhere in the other, ${year}, ${pairs}. ${charts.lossName()}: lost to. Teal, hatched: gained from.`;
    if (view.diverted.lost.length + view.diverted.gained.length) charts.diverted(find('diverted'), {...view.diverted, names});
    else charts.say(find('diverted'), 'Nobody is elsewhere.');
    if (view.stay.rows?.length) {
      const [first, last] = view.stay.cohorts;
      find('stay-title').textContent = `Of those who took a doctorate in ${name} in ${first} to ${last} and are in research ${view.stay.since} years later, % still there. Ring: baseline. Dot: scenario.`;
      charts.staying(find('stay'), {rows: view.stay.rows, names, colour: this.colour(focus)});
    } else {
      find('stay-title').textContent = `Stay rates of doctorates from ${name}`;
      charts.say(find('stay'), `Too few years after the policies begin to follow anybody up to ${year}.`);
    }
    find('paths-title').textContent = `Works made in ${name} in ${year}, by where their makers were trained (left) and who owns them (right): % of the baseline's works there, scenario (baseline).`;
    if (view.paths.training?.length) charts.paths(find('paths'), {...view.paths, hq: view.paths.hq ?? [], focus, names, colours: (code) => this.colour(code)});
    else charts.say(find('paths'), `Nothing is made in ${name}.`);
  }

  keep(title) {
    this.kept = this.numbers && {...this.numbers, title};
    this.drawKept();
  }

  drawKept(focus, year) {
    const place = find('kept');
    place.hidden = !this.kept;
    if (!this.kept) return;
    const at = this.kept.years.indexOf(year);
    const words = this.kept.outcomes[SHOWN].words[at]?.[this.kept.codes.indexOf(focus)];
    const drop = make('button', {type: 'button', textContent: 'Let go'});
    drop.addEventListener('click', () => { this.kept = null; this.drawKept(); this.drawLines(focus, year); });
    place.replaceChildren(make('span', {textContent: `Kept: ${this.kept.title}: ${words ? `${trueMinus(words[2])} points (${trueMinus(words[3])})` : 'not of this country'}`}), drop);
  }
}
