Feature: Readers of the audit trail

  A trail is worth something because those whose deeds it holds cannot read it for what is known of them. It is for auditors and
  administrators. What the trail holds is out of scope here.

  Background:
    Given customer "Northwind" has signed up

  @REQ-AUD-007 @needs_administration
  Rule: Only auditors and administrators must be shown the audit trail, and never anybody else

    Scenario Outline: The customer's <role> is refused the trail
      When somebody with the role <role> reads the trail of "Northwind"
      Then the request is refused because "may not read the audit trail"

      Examples:
        | role     |
        | owner    |
        | approver |
        | engineer |
        | viewer   |

    Scenario Outline: OptiInfra's own <role> is refused the trail
      When somebody of OptiInfra's own with the role <role> reads the trail of "Northwind"
      Then the request is refused because "may not read the audit trail"

      Examples:
        | role     |
        | support  |
        | operator |

    Scenario Outline: OptiInfra's own <role> is shown the trail
      When somebody of OptiInfra's own with the role <role> reads the trail of "Northwind"
      Then it is shown

      Examples:
        | role    |
        | auditor |
        | admin   |
