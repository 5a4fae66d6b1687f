"""Rules, sensors and limits compiled to a plan."""

from anlan.engine.plan.compiler import Instance, Plan, compile_plan, quantity_in

__all__ = ["Instance", "Plan", "compile_plan", "quantity_in"]
