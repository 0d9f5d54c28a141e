// The page: it asks, listens, and puts what it hears into its place.

import {addForm} from './add.js';
import {onSeveral, showFocus, withOrWithout} from './focus.js';
import {Hangs} from './hangs.js';
import {Out} from './out.js';
import {Panel} from './panel.js';
import {Gone, Refused, Run, ask, json} from './run.js';
import {Shown} from './show.js';
import {copy, empty, fromAddress, toAddress, withPolicy, withoutPolicy} from './state.js';
import {find, options} from './words.js';

const ALIVE = 4000;
const PAUSE = 120;      // milliseconds between two moves: a key held down asks once at its first step and once at its last
const OVER = {done: 1, stopped: 1, error: 1, gone: 1};

let choice = fromAddress(location.hash);
let offer = null;
let run = null;
let waiting = null;
let asking = null;
let moved = -Infinity;
const past = [];
const heard = [];
const shown = new Shown({choose: (code, isMore) => look({focus: isMore ? withOrWithout(shown.members(focus()), code) : code})});
const panel = new Panel(find('policies'), {
  change: (name, fields) => set(withPolicy(choice, name, fields)),
  toggle: (name, on) => set(on ? back(name) : withoutPolicy(choice, name)),
});

new Out({now: () => ({choice, run, scenario: offer?.scenario, focus: focus(), year: year()}), gone, complain});
const hangs = new Hangs(find('hangs'));
const lookHangs = () => hangs.look(shown.numbers?.codes ?? offer.countries.map((each) => each.code), offer.years[0], focus(), year());

function back(name) {
  const next = copy(choice);
  delete next.policies[name];
  return next;
}

const focus = () => choice.focus ?? offer?.focus;
const year = () => choice.year ?? offer?.year;

function state(name, words, share) {
  document.body.dataset.state = name;
  find('status').textContent = words;
  find('status').title = words;
  find('stop').disabled = name in OVER;
  const bar = find('progress');
  if (name in OVER) bar.value = name === 'done' ? 1 : 0;
  else if (share !== undefined) bar.value = share;
}

function remember(next) {
  past.push(choice);
  if (past.length > 200) past.shift();
  choice = next;
  find('undo').disabled = false;
  history.replaceState(null, '', toAddress(choice));
}

// Something that changes the world: a run answers it.
function set(next, isNewWorld = false) {
  remember(next);
  soon(isNewWorld);
}

function soon(isNewWorld) {
  clearTimeout(waiting);
  document.body.dataset.state = 'asking';
  const rest = isNewWorld ? 0 : Math.max(0, moved + PAUSE - performance.now());
  moved = performance.now();
  waiting = setTimeout(() => go(isNewWorld), rest);
}

// Something that is only looked at: nothing is run.
function look(change) {
  if (!offer) return;
  remember({...copy(choice), ...change});
  lookAgain();
}

function lookAgain() {
  showLook();
  shown.draw(focus(), year());
  shown.drawKept(focus(), year());
  lookHangs();
  view();
  describeCommand();
}

function showLook() {
  showFocus(offer, shown, focus());
  find('year').value = year();
  find('year-said').textContent = year();
}

async function go(isNewWorld) {
  asking?.abort();
  const abort = asking = new AbortController();
  run?.close();
  try {
    if (isNewWorld || !offer) await open(abort.signal);
    const started = await Run.start(choice, hear, abort.signal);
    run?.close();
    run = started;
    document.body.dataset.run = run.id;
    complain(null);
    describe(run.described);
    shown.growing = null;
    state('preparing', 'Asked');
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (error instanceof Gone) gone();
    else if (error instanceof Refused) complain(error);
    else throw error;
  }
}

async function open(signal) {
  offer = await json('/api/offer', choice, signal);
  if (choice.scenario === null && offer.scenario === offer.baseline) {
    const others = offer.scenarios.map((each) => each.name).filter((each) => each !== offer.baseline);
    choice.scenario = others.includes('visa_tightening') ? 'visa_tightening' : others[0] ?? null;
    offer = await json('/api/offer', choice, signal);
  }
  const atlas = await json('/api/map', choice, signal);
  shown.world(offer, atlas);
  options(find('scenario'), offer.scenarios.map(({name, title}) => ({value: name, text: title})), offer.scenario);
  options(find('baseline'), offer.scenarios.map(({name, title}) => ({value: name, text: title})), offer.baseline);
  const titled = (choices) => choices.map(({name, title}) => ({value: name, text: title === name ? name : `${title} (${name})`}));
  options(find('world'), titled(offer.worlds), offer.world);
  options(find('entry'), titled(offer.entries), offer.entry);
  Object.assign(find('year'), {min: offer.years[0], max: offer.years[1]});
  find('entry-title').textContent = offer.entry_title;
  showLook();
  shown.drawHeadline(focus(), year());
  const taken = () => [...panel.cards.keys(), ...Object.keys(choice.policies)];
  addForm(find('add-form'), offer, taken, (name, policy) => { find('add').open = false; set(withPolicy(choice, name, policy)); });
}

function describe(described) {
  offer = {...offer, ...described};
  find('description').textContent = described.description;
  find('world-title').textContent = `${described.world_title}. ${described.people}${described.people.startsWith('One') ? ' is simulated and stands for the others' : ' is simulated'}.`;
  find('command').textContent = described.command;
  panel.show(described.sliders);
  lookHangs();
  hangs.describe(described, run);
}

async function describeCommand() {
  const described = await json('/api/command', choice).catch(() => null);
  if (described) find('command').textContent = described.command;
}

function complain(error) {
  const place = find('error');
  place.hidden = !error;
  find('answer').classList.toggle('stale', Boolean(error));
  find('rest').classList.toggle('stale', Boolean(error));
  panel.complain(error?.policy ?? null, error?.message ?? '');
  if (error) {
    place.textContent = `${error.message}\n${offer ? 'What is shown is the last valid scenario.' : 'This link cannot be opened as it is. “Reset” opens the page without it.'}`;
    state('error', error.message.split('\n')[0]);
  }
}

function gone() {
  run?.close();
  state('gone', 'The server has gone; what is shown is its last answer');
}

// What is heard within one frame of the screen is drawn once; a page that nobody sees has no frames.
function hear(told, from) {
  heard.push([told, from]);
  if (heard.length > 1) return;
  let isDone = false;
  const once = () => { if (!isDone) { isDone = true; takeIn(heard.splice(0)); } };
  requestAnimationFrame(once);
  setTimeout(once, 100);
}

function takeIn(all) {
  const own = all.filter(([, from]) => from === run || run === null || from.id === run.id).map(([told]) => told);
  for (const told of own) {
    if (told.preview) shown.preview(told.preview);
    if (told.numbers) shown.answer(told.numbers);
    if (told.state === 'stopped') shown.growing = null;
  }
  if (shown.numbers || shown.growing) {
    if (own.some((told) => told.preview || told.numbers || told.state === 'stopped')) shown.draw(focus(), year());
    if (own.some((told) => told.numbers)) shown.drawKept(focus(), year());
  }
  own.forEach(tell);
}

function tell(told) {
  if (told.state === 'gone') { gone(); return; }
  const [from_, to] = offer.years;
  const at = told.preview ? (told.preview.year - from_) / (to - from_) : told.numbers ? told.numbers.pairs / offer.pairs : undefined;
  if (told.state === 'error') { complain({message: told.words}); return; }
  if (told.has_view) {
    find('csv').disabled = find('xlsx').disabled = find('picture').disabled = false;
    view();
  }
  state(told.state, told.words, at);
}

async function view() {
  if (!run || !shown.numbers) return;
  const [asked, where] = [run, `${focus()} ${year()}`];
  try {
    if (!shown.knows(focus())) {
      const numbers = await asked.numbers(focus());
      if (asked !== run || where !== `${focus()} ${year()}` || !numbers) return;
      shown.numbers = numbers;
      shown.draw(focus(), year());
      lookHangs();
    }
    for (let seen = 0, pairs = 1; seen < pairs;) {      // the people of ever more pairs, up to all
      const found = await asked.view(focus(), year(), seen);
      if (asked !== run || where !== `${focus()} ${year()}` || !found || found.pairs < pairs) return;
      shown.view = found;
      shown.drawView(focus(), year());
      [seen, pairs] = [found.lives, found.pairs];
      document.body.dataset.view = `${where} ${seen}`;
    }
  } catch (error) {
    if (error instanceof Gone) gone();
  }
}

function listen() {
  const choose = (id, change) => find(id).addEventListener('change', () => change(find(id).value));
  choose('scenario', (value) => set({...copy(choice), scenario: value, policies: {}}, true));
  choose('baseline', (value) => set({...copy(choice), baseline: value}, true));
  choose('entry', (value) => set({...copy(choice), entry: value}, true));
  choose('world', (value) => set({...empty(), scenario: choice.scenario, world: value}, true));
  choose('focus', (value) => look({focus: value}));
  onSeveral((several) => look({focus: several}));
  choose('year', (value) => look({year: Number(value)}));
  find('year').addEventListener('input', () => { find('year-said').textContent = find('year').value; });
  find('stop').addEventListener('click', () => run?.stop());
  find('undo').addEventListener('click', () => {
    const before = past.pop();
    if (!before) return;
    const isNewWorld = ['world', 'scenario', 'baseline', 'entry'].some((each) => before[each] !== choice[each]);
    const isLook = JSON.stringify({...before, focus: 0, year: 0}) === JSON.stringify({...choice, focus: 0, year: 0});
    choice = before;
    find('undo').disabled = past.length === 0;
    history.replaceState(null, '', toAddress(choice));
    if (isLook) lookAgain();
    else soon(isNewWorld);
  });
  find('reset').addEventListener('click', () => set(offer ? {...empty(), world: choice.world, scenario: choice.scenario} : empty(), true));
  find('none').addEventListener('click', () => { if (!offer) return; set({...empty(), world: choice.world, entry: choice.entry, baseline: choice.baseline, scenario: offer.baseline}, true); find('add').open = true; });
  find('keep').addEventListener('click', () => { if (!offer) return; shown.keep(offer.title); shown.draw(focus(), year()); shown.drawKept(focus(), year()); });
  window.addEventListener('hashchange', () => { choice = fromAddress(location.hash); soon(true); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => offer && shown.repaint(focus(), year()));
  setInterval(async () => {
    const isGone = document.body.dataset.state === 'gone';
    try {
      await ask('/api/alive');
      if (isGone) soon(true);
    } catch (error) {
      if (error instanceof Gone && !isGone) gone();
    }
  }, ALIVE);
}

listen();
soon(true);
