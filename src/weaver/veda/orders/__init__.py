"""Orders on paper and live as they are kept, and what a venue's word makes of them: values and rules, no waiting."""
