Feature: Deeds of OptiInfra's own people

  People of OptiInfra's own may do more than customers may, so it matters even more who of them did what. Their deeds are in the trail of
  the customer for whom they were done. Who may do what is out of scope here.

  @REQ-AUD-001 @needs_administration
  Rule: Every action of OptiInfra's own people must be recorded with time, user, action, entity type and entity

    Scenario: A customer that an administrator makes is in its trail from the first entry on
      When the administrator makes the customer "Lovelace"
      Then the first entry of its trail says that the administrator made it
      And the administrator finds it among all customers
