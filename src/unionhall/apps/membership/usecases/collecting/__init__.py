"""Real-name collection: members, unions and employers from official forms, and rolls back into them.

`columns` are the forms, `verdicts` what is said of a row; `members` and `register` read, judge and write;
`importing` leads a file from upload to commit, `exporting` fills the form with a roll.
"""
