// A step behind the selected one, by key or button: what followed comes after it, and its name is asked for.
import { is } from 'bpmn-js/lib/util/ModelUtil';

const KEYS = ['a', 'A'];

/** One step for undo: the shape, and the flow that now leads on from it. */
class AppendHandler {
  static $inject = ['modeling', 'elementFactory', 'eventBus'];

  constructor(modeling, factory, events) {
    Object.assign(this, { modeling, factory, events });
  }

  preExecute(context) {
    const { source } = context;
    const [onward, ...others] = source.outgoing.filter((one) => is(one, 'bpmn:SequenceFlow'));
    const shape = this.factory.createShape({ type: 'bpmn:UserTask' });
    const position = this.events.fire('autoPlace', { source, shape });
    context.made = this.modeling.appendShape(source, shape, position, source.parent);
    if (onward && !others.length && !onward.businessObject.conditionExpression) {
      this.modeling.reconnectStart(onward, context.made, { x: position.x, y: position.y });
    }
  }

  execute = () => [];

  revert = () => [];
}

/** Whether a step may follow on an element. */
const leadsOn = (element) => element && element.type !== 'label' && is(element, 'bpmn:FlowNode') && !is(element, 'bpmn:EndEvent');

class Appending {
  static $inject = ['injector', 'commandStack', 'keyboard'];

  constructor(injector, commandStack, keyboard) {
    Object.assign(this, { injector, commandStack });
    commandStack.registerHandler('alur.append', AppendHandler);
    keyboard.addListener(({ keyEvent }) => {
      if (!keyboard.isKey(KEYS, keyEvent) || keyboard.hasModifier(keyEvent)) return undefined;
      this.now();
      return true;
    });
  }

  possible() {
    const selected = this.injector.get('selection').get();
    return selected.length === 1 && leadsOn(selected[0]);
  }

  now() {
    if (!this.possible()) return;
    const [selection, events] = [this.injector.get('selection'), this.injector.get('eventBus')];
    const context = { source: selection.get()[0] };
    this.commandStack.execute('alur.append', context);
    selection.select(context.made);
    this.injector.get('canvas').scrollToElement(context.made);
    // The panel shows the new step a frame later.
    requestAnimationFrame(() => requestAnimationFrame(() => events.fire('propertiesPanel.showEntry', { id: 'name' })));
  }
}

export default { __init__: ['appending'], appending: ['type', Appending] };
