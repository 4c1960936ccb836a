"""The control, `/_control`: what a test or a rehearsal sees and does behind the exchange's back."""
