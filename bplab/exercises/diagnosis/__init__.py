"""What is wrong with an answer that is none of the mistakes its exercise lists.

Of a function: `suspects` asks first what stopped it (`crashes`), then how its values are related to
the right ones (`relations`), last how it behaves (`probes`). Of a formula or a number: its relation
to the right one. What is said is true of the answer, or nothing is said.
"""
