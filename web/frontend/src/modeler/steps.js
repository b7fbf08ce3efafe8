// What is drawn as a step is a step of people: nearly all are, and one without a kind would be done by nobody.
const ICON = 'bpmn-icon-user-task';
const AFTER_ALL = 400; // less than the others' priority: sees their entries

class Steps {
  static $inject = ['palette', 'contextPad', 'create', 'elementFactory', 'autoPlace', 'appendPreview'];

  constructor(palette, contextPad, create, factory, autoPlace, appendPreview) {
    Object.assign(this, { create, factory, autoPlace, appendPreview });
    palette.registerProvider(AFTER_ALL, this);
    contextPad.registerProvider(AFTER_ALL, this);
  }

  step() {
    return this.factory.createShape({ type: 'bpmn:UserTask' });
  }

  getPaletteEntries() {
    const begin = (event) => this.create.start(event, this.step());
    return (entries) => ({ ...entries, 'create.task': { ...entries['create.task'], className: ICON, action: { dragstart: begin, click: begin } } });
  }

  getContextPadEntries() {
    const name = 'append.append-task';
    const action = {
      dragstart: (event, source) => this.create.start(event, this.step(), { source }),
      click: (_, source) => this.autoPlace.append(source, this.step()),
      hover: (_, source) => {
        this.appendPreview.create(source, 'bpmn:UserTask');
        return () => this.appendPreview.cleanUp();
      },
    };
    return (entries) => (entries[name] ? { ...entries, [name]: { ...entries[name], className: ICON, action } } : entries);
  }
}

/** A new lane is what one wants to name next. */
function chooseNewLane(eventBus, selection) {
  eventBus.on('commandStack.lane.add.postExecuted', 100, ({ context }) => selection.select(context.newLane));
}
chooseNewLane.$inject = ['eventBus', 'selection'];

export default { __init__: ['alurSteps', chooseNewLane], alurSteps: ['type', Steps] };
